<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="zh_CN" sourcelanguage="en">
<context>
    <name>OutageBar</name>
    <message>
        <source>drafts {n}</source>
        <translation>草稿 {n}</translation>
    </message>
    <message>
        <source>ready to sign {n}</source>
        <translation>待签 {n}</translation>
    </message>
    <message>
        <source>calls {n}</source>
        <translation>呼叫 {n}</translation>
    </message>
    <message>
        <source>Studies that are in this station's cache can be read on. What you write, and reports ready to sign, are kept encrypted here; nothing is signed. It goes on by itself.</source>
        <translation>本站缓存里的检查可继续阅读。所写内容和待签报告加密存在本站，不会签名。恢复后自动续接。</translation>
    </message>
    <message>
        <source>The claims were checked again. One PIN signs what is ready.</source>
        <translation>占用已重新核对。用一次 PIN 签署待签报告。</translation>
    </message>
    <message>
        <source>The database is back</source>
        <translation>数据库已恢复</translation>
    </message>
    <message>
        <source>The database does not answer · {t}</source>
        <translation>数据库没有应答 · {t}</translation>
    </message>
</context>
<context>
    <name>OfferedStrip</name>
    <message>
        <source>Written by {reader} while the database was away · {t} · {station}</source>
        <translation>{reader} 断网期间所写 · {t} · {station}</translation>
    </message>
    <message>
        <source>and {n} more</source>
        <translation>另有 {n} 份</translation>
    </message>
    <message>
        <source>take it into the draft</source>
        <translation>采用到草稿</translation>
    </message>
</context>
<context>
    <name>commands</name>
    <message>
        <source>Take a colleague's offline text into the draft</source>
        <translation>采用同事断网时所写</translation>
    </message>
</context>
</TS>
