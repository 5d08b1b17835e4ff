<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="zh_CN">
<context>
    <name>Counts</name>
    <message>
        <source>Waiting {n}</source>
        <translation>待阅 {n}</translation>
    </message>
    <message>
        <source>none critical</source>
        <translation>无危急</translation>
    </message>
</context>
<context>
    <name>EmptyList</name>
    <message>
        <source>No report waits for its second signature</source>
        <translation>没有待审核的报告</translation>
    </message>
    <message>
        <source>Sources</source>
        <translation>来源</translation>
    </message>
    <message>
        <source>The list cannot be read</source>
        <translation>列表无法读取</translation>
    </message>
    <message>
        <source>Reading the list …</source>
        <translation>正在读取列表…</translation>
    </message>
    <message>
        <source>The filters above hide the others.</source>
        <translation>其余检查被上方筛选隐藏。</translation>
    </message>
    <message>
        <source>Nothing passes the filters</source>
        <translation>没有符合筛选的检查</translation>
    </message>
    <message>
        <source>Nothing is waiting</source>
        <translation>没有待阅的检查</translation>
    </message>
    <message>
        <source>No routine ECG is waiting</source>
        <translation>没有待批量阅图的心电</translation>
    </message>
    <message>
        <source>You hold no study</source>
        <translation>您没有领取的检查</translation>
    </message>
    <message>
        <source>When a unit uploads, the study appears here by itself; critical ones go to the top. There is nothing to refresh.</source>
        <translation>成员单位上传后，检查会自己出现在这里；危急的置顶，不必刷新。</translation>
    </message>
</context>
<context>
    <name>Head</name>
    <message>
        <source>Review {n}</source>
        <translation>待审核 {n}</translation>
    </message>
    <message>
        <source>Instant {n}</source>
        <translation>即时 {n}</translation>
    </message>
    <message>
        <source>Batch {n}</source>
        <translation>批量 {n}</translation>
    </message>
    <message>
        <source>Mine {n}</source>
        <translation>我的 {n}</translation>
    </message>
</context>
<context>
    <name>Rail</name>
    <message>
        <source>done</source>
        <translation>已完成</translation>
    </message>
    <message>
        <source>left</source>
        <translation>剩余</translation>
    </message>
    <message>
        <source>each</source>
        <translation>每份</translation>
    </message>
    <message>
        <source>pause</source>
        <translation>该休息</translation>
    </message>
    <message>
        <source>waiting</source>
        <translation>待阅</translation>
    </message>
    <message>
        <source>[ List</source>
        <translation>[ 列表</translation>
    </message>
</context>
<context>
    <name>RowDelegate</name>
    <message>
        <source>sent back</source>
        <translation>审核退回</translation>
    </message>
    <message>
        <source>review {t}</source>
        <translation>待审核 {t}</translation>
    </message>
    <message>
        <source>mine, interrupted</source>
        <translation>在手，被中断</translation>
    </message>
    <message>
        <source>in hand</source>
        <translation>在手</translation>
    </message>
    <message>
        <source>{reader} is reading</source>
        <translation>{reader}在阅</translation>
    </message>
    <message>
        <source>to be signed</source>
        <translation>待签名</translation>
    </message>
    <message>
        <source>draft</source>
        <translation>草稿</translation>
    </message>
</context>
<context>
    <name>WorklistPanel</name>
    <message>
        <source>[ fold</source>
        <translation>[ 收起</translation>
    </message>
    <message>
        <source>Signed {n}</source>
        <translation>今日已签 {n}</translation>
    </message>
    <message>
        <source>median {t}</source>
        <translation>用时中位 {t}</translation>
    </message>
    <message>
        <source>{n} unreadable</source>
        <translation>无法读取 {n}</translation>
    </message>
</context>
</TS>
