<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="zh_CN">
<context>
    <name>ControlWords</name>
    <message>
        <source>Automatic gain</source>
        <translation>自动增益</translation>
    </message>
    <message>
        <source>Back to 10</source>
        <translation>改回 10</translation>
    </message>
    <message>
        <source>Evidence</source>
        <translation>依据</translation>
    </message>
    <message>
        <source>Filter: original</source>
        <translation>滤波 原始</translation>
    </message>
</context>
<context>
    <name>EcgView</name>
    <message>
        <source>The tracing cannot be shown</source>
        <translation>波形无法显示</translation>
    </message>
    <message>
        <source>To avoid a wrong reading nothing is drawn. The original file is unchanged.</source>
        <translation>为避免看错图，没有画出任何波形。原始文件完整保存，未作改动。</translation>
    </message>
</context>
<context>
    <name>Sheet</name>
    <message>
        <source>Limb {limb}, chest {chest} mm/mV</source>
        <translation>肢导 {limb} 胸导 {chest} mm/mV</translation>
    </message>
    <message>
        <source>{gain} automatic</source>
        <translation>{gain} 自动</translation>
    </message>
    <message>
        <source>RR ms</source>
        <translation>RR ms</translation>
    </message>
    <message>
        <source>not recorded</source>
        <translation>未记录</translation>
    </message>
    <message>
        <source>{mark} {lead} leaves the sheet</source>
        <translation>{mark} {lead} 超出图纸</translation>
    </message>
    <message>
        <source>Not calibrated</source>
        <translation>未校准</translation>
    </message>
    <message>
        <source>The recording holds no samples.</source>
        <translation>记录里没有任何采样点。</translation>
    </message>
    <message>
        <source>No lead was recorded: every sample is marked as missing.</source>
        <translation>没有一个导联有记录：全部采样点都标为缺失。</translation>
    </message>
    <message>
        <source>{value} not standard</source>
        <translation>{value} 非标准</translation>
    </message>
    <message>
        <source>Sampled at {value} Hz, no bandwidth of 150 Hz</source>
        <translation>采样率 {value} Hz，达不到 150 Hz 带宽</translation>
    </message>
    <message>
        <source>Device filter not stated</source>
        <translation>设备滤波未注明</translation>
    </message>
    <message>
        <source>Device mains filter {value} Hz</source>
        <translation>设备工频滤波 {value} Hz</translation>
    </message>
    <message>
        <source>{start}–{stop} s of {total} s</source>
        <translation>第 {start}–{stop} 秒，共 {total} 秒</translation>
    </message>
    <message>
        <source>Calibrated {value} px/mm</source>
        <translation>已校准 {value} px/mm</translation>
    </message>
</context>
</TS>
