<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="zh_CN" sourcelanguage="en">
<context>
    <name>DeviceSays</name>
    <message>
        <source>Device says</source>
        <translation>设备结论</translation>
    </message>
    <message>
        <source>of the recording device itself: not measured here, not checked</source>
        <translation>由采集设备自行给出，非本系统测量，未经核对</translation>
    </message>
    <message>
        <source>{statements} statements, {figures} measurements</source>
        <translation>{statements} 条结论，{figures} 项测量</translation>
    </message>
    <message>
        <source>and {count} more of single leads, beats and waves</source>
        <translation>另有各导联、心搏、波形的数据 {count} 项</translation>
    </message>
</context>
</TS>
