<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="zh_CN">
<context>
    <name>Charts</name>
    <message>
        <source>arrived</source>
        <translation>到达</translation>
    </message>
    <message>
        <source>reports</source>
        <translation>报告</translation>
    </message>
    <message>
        <source>Studies</source>
        <translation>检查数</translation>
    </message>
    <message>
        <source>p90</source>
        <translation>p90</translation>
    </message>
    <message>
        <source>median</source>
        <translation>中位</translation>
    </message>
    <message>
        <source>Minutes to the signature</source>
        <translation>到达至签名（分钟）</translation>
    </message>
</context>
<context>
    <name>NumbersView</name>
    <message>
        <source>7 days</source>
        <translation>7 天</translation>
    </message>
    <message>
        <source>30 days</source>
        <translation>30 天</translation>
    </message>
    <message>
        <source>13 weeks</source>
        <translation>13 周</translation>
    </message>
    <message>
        <source>12 months</source>
        <translation>12 个月</translation>
    </message>
    <message>
        <source>Write CSV or XLSX …  Ctrl+E</source>
        <translation>导出 CSV 或 XLSX…  Ctrl+E</translation>
    </message>
    <message>
        <source>Counting …</source>
        <translation>正在统计…</translation>
    </message>
    <message>
        <source>arrived {n}</source>
        <translation>到达 {n}</translation>
    </message>
    <message>
        <source>reports {n}, median {m}, p90 {p}</source>
        <translation>报告 {n}，中位 {m}，p90 {p}</translation>
    </message>
    <message>
        <source>late {n}</source>
        <translation>超时 {n}</translation>
    </message>
    <message>
        <source>retakes {n}</source>
        <translation>重采 {n}</translation>
    </message>
    <message>
        <source>critical values {n}, first look {t}</source>
        <translation>危急值 {n}，首阅 {t}</translation>
    </message>
    <message>
        <source>told {n}, median {m}, p90 {p}; not critical {c}; unreachable {u}</source>
        <translation>已通知 {n}，中位 {m}，p90 {p}；非危急 {c}；联系不上 {u}</translation>
    </message>
    <message>
        <source>suggestions accepted {n}</source>
        <translation>初筛采纳 {n}</translation>
    </message>
    <message>
        <source>second signatures that changed {n}</source>
        <translation>审核修改 {n}</translation>
    </message>
    <message>
        <source>Write the numbers</source>
        <translation>导出统计</translation>
    </message>
</context>
<context>
    <name>OversightWindow</name>
    <message>
        <source>Password of {login}; Enter</source>
        <translation>{login} 的口令；回车登录</translation>
    </message>
</context>
<context>
    <name>Overseeing</name>
    <message>
        <source>Numbers</source>
        <translation>统计</translation>
    </message>
    <message>
        <source>Connections</source>
        <translation>连接</translation>
    </message>
</context>
</TS>
