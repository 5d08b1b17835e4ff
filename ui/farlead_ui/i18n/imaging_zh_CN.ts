<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="zh_CN">
<context>
    <name>ImageView</name>
    <message>
        <source>The images cannot be shown</source>
        <translation>图像无法显示</translation>
    </message>
    <message>
        <source>The original file is unchanged.</source>
        <translation>原始文件完整保存，未作改动。</translation>
    </message>
</context>
<context>
    <name>ImageWords</name>
    <message>
        <source>Inverted</source>
        <translation>反相</translation>
    </message>
    <message>
        <source>Not inverted</source>
        <translation>未反相</translation>
    </message>
    <message>
        <source>Automatic window</source>
        <translation>自动窗</translation>
    </message>
</context>
<context>
    <name>Images</name>
    <message>
        <source>For viewing, not for diagnosis</source>
        <translation>浏览用，非诊断显示</translation>
    </message>
    <message>
        <source>W {width}  L {centre}</source>
        <translation>窗宽 {width}  窗位 {centre}</translation>
    </message>
    <message>
        <source>Own window · {figures}</source>
        <translation>手调 · {figures}</translation>
    </message>
    <message>
        <source>Automatic window · {figures}</source>
        <translation>自动窗 · {figures}</translation>
    </message>
    <message>
        <source>Fits</source>
        <translation>适合窗口</translation>
    </message>
    <message>
        <source>Pause</source>
        <translation>暂停</translation>
    </message>
    <message>
        <source>Play</source>
        <translation>播放</translation>
    </message>
    <message>
        <source>{verb} · {rate} frames/s, not stated in the file</source>
        <translation>{verb} · {rate} 帧/秒（文件未注明）</translation>
    </message>
    <message>
        <source>Left (L)</source>
        <translation>左侧（L）</translation>
    </message>
    <message>
        <source>Right (R)</source>
        <translation>右侧（R）</translation>
    </message>
    <message>
        <source>Both sides (B)</source>
        <translation>双侧（B）</translation>
    </message>
    <message>
        <source>Unpaired (U)</source>
        <translation>不成对（U）</translation>
    </message>
    <message>
        <source>Objects without pixels: {count}. Ask the unit to send again.</source>
        <translation>有 {count} 个对象没有像素数据，请单位重新发送。</translation>
    </message>
</context>
<context>
    <name>TextPage</name>
    <message>
        <source>Structured report, shown as text</source>
        <translation>结构化报告，以文字显示</translation>
    </message>
</context>
</TS>
