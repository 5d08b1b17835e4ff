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
</context>
</TS>
