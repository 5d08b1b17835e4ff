<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="zh_CN" sourcelanguage="en">
<context>
    <name>ArrivalCard</name>
    <message>
        <source>Images: {kind}</source>
        <translation>影像：{kind}</translation>
    </message>
    <message>
        <source>No trace yet</source>
        <translation>波形尚未取到</translation>
    </message>
    <message>
        <source>has taken it</source>
        <translation>已领取</translation>
    </message>
    <message>
        <source>late</source>
        <translation>逾时</translation>
    </message>
    <message>
        <source>left</source>
        <translation>剩</translation>
    </message>
    <message>
        <source>Take</source>
        <translation>领取</translation>
    </message>
</context>
<context>
    <name>CardStack</name>
    <message>
        <source>Waiting: ▲ {critical}  ◆ {urgent}</source>
        <translation>待领取：▲ {critical}  ◆ {urgent}</translation>
    </message>
    <message>
        <source>{n} more urgent studies</source>
        <translation>另有 {n} 份紧急检查</translation>
    </message>
</context>
<context>
    <name>commands</name>
    <message>
        <source>Take arrival {n}</source>
        <translation>领取第 {n} 张新到卡片</translation>
    </message>
    <message>
        <source>Take an arrival</source>
        <translation>领取新到卡片</translation>
    </message>
    <message>
        <source>Only critical arrivals, or all urgent ones</source>
        <translation>只提示危急，或提示全部紧急</translation>
    </message>
    <message>
        <source>Back to the interrupted study</source>
        <translation>回到被中断的检查</translation>
    </message>
    <message>
        <source>Keep the interrupted study in hand, or give it back</source>
        <translation>被中断的检查留在手中，或退回待阅</translation>
    </message>
    <message>
        <source>Through the ECGs in which nothing was found</source>
        <translation>逐份过未见异常的心电</translation>
    </message>
</context>
<context>
    <name>Filters</name>
    <message>
        <source>All units</source>
        <translation>全部单位</translation>
    </message>
    <message>
        <source>All kinds</source>
        <translation>全部类型</translation>
    </message>
    <message>
        <source>only {mark}</source>
        <translation>仅 {mark}</translation>
    </message>
    <message>
        <source>All findings</source>
        <translation>全部结果</translation>
    </message>
    <message>
        <source>▲ critical</source>
        <translation>▲ 危急</translation>
    </message>
    <message>
        <source>◆ urgent</source>
        <translation>◆ 紧急</translation>
    </message>
    <message>
        <source>● remark</source>
        <translation>● 提示</translation>
    </message>
    <message>
        <source>○ nothing found</source>
        <translation>○ 未见异常</translation>
    </message>
    <message>
        <source>– not screened</source>
        <translation>– 未初筛</translation>
    </message>
    <message>
        <source>All days</source>
        <translation>全部日期</translation>
    </message>
</context>
<context>
    <name>Overseeing</name>
    <message>
        <source>Audit trail</source>
        <translation>审计记录</translation>
    </message>
</context>
<context>
    <name>TrailView</name>
    <message>
        <source>A day is written as 2026-11-22.</source>
        <translation>日期写作 2026-11-22。</translation>
    </message>
    <message>
        <source>Who: login</source>
        <translation>何人：登录名</translation>
    </message>
    <message>
        <source>What: study.opened, report. …</source>
        <translation>何事：study.opened、report. …</translation>
    </message>
    <message>
        <source>Study number, or account:login</source>
        <translation>检查号，或 account:登录名</translation>
    </message>
    <message>
        <source>From: 2026-11-01</source>
        <translation>自：2026-11-01</translation>
    </message>
    <message>
        <source>To: 2026-11-22</source>
        <translation>至：2026-11-22</translation>
    </message>
    <message>
        <source>Time</source>
        <translation>时间</translation>
    </message>
    <message>
        <source>Who</source>
        <translation>何人</translation>
    </message>
    <message>
        <source>What</source>
        <translation>何事</translation>
    </message>
    <message>
        <source>To what</source>
        <translation>对象</translation>
    </message>
    <message>
        <source>Details</source>
        <translation>详情</translation>
    </message>
    <message>
        <source>Looking …</source>
        <translation>正在查找 …</translation>
    </message>
    <message>
        <source>{n} entries, the newest first</source>
        <translation>{n} 条，最新的在前</translation>
    </message>
</context>
<context>
    <name>RunStrip</name>
    <message>
        <source>Done {n}</source>
        <translation>本次 {n}</translation>
    </message>
    <message>
        <source>left {n}</source>
        <translation>余 {n}</translation>
    </message>
    <message>
        <source>{n} s each</source>
        <translation>每份 {n} 秒</translation>
    </message>
    <message>
        <source>about {t} more</source>
        <translation>约 {t}</translation>
    </message>
    <message>
        <source>time for a pause</source>
        <translation>该休息了</translation>
    </message>
</context>
</TS>
