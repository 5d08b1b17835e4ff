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
        <source>Rhythm {lead}</source>
        <translation>节律 {lead}</translation>
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
    <message>
        <source>Rate</source>
        <translation>心率</translation>
    </message>
    <message>
        <source>Overview is being made</source>
        <translation>正在生成概览</translation>
    </message>
</context>
<context>
    <name>Filter</name>
    <message>
        <source>takes slow drift; ST stays</source>
        <translation>去除缓慢漂移，不影响 ST</translation>
    </message>
    <message>
        <source>slow shifts of ST may be smaller</source>
        <translation>缓慢的 ST 偏移可能变小</translation>
    </message>
    <message>
        <source>ST may be shown too high or too low</source>
        <translation>ST 段可能被抬高或压低</translation>
    </message>
    <message>
        <source>pacing spikes are lower</source>
        <translation>起搏脉冲变矮</translation>
    </message>
    <message>
        <source>pacing spikes and narrow QRS are lower</source>
        <translation>起搏脉冲和窄 QRS 变矮</translation>
    </message>
    <message>
        <source>may hide notches and pacing spikes; QRS is lower</source>
        <translation>可能掩盖切迹、起搏脉冲，QRS 变矮</translation>
    </message>
    <message>
        <source>may hide q waves, notches, pacing spikes; QRS low and wide</source>
        <translation>可能掩盖 q 波、切迹、起搏脉冲，QRS 变矮变宽</translation>
    </message>
    <message>
        <source>may hide poor electrode contact; QRS stays</source>
        <translation>可能掩盖电极接触不良，不影响 QRS</translation>
    </message>
    <message>
        <source>original</source>
        <translation>原始</translation>
    </message>
    <message>
        <source>mains {value} Hz</source>
        <translation>工频 {value} Hz</translation>
    </message>
    <message>
        <source>Filter: original while held</source>
        <translation>滤波 原始（按住）</translation>
    </message>
    <message>
        <source>Filter: {setting}</source>
        <translation>滤波 {setting}</translation>
    </message>
    <message>
        <source>Screen filter {band} not standard</source>
        <translation>屏显滤波 {band} 非标准</translation>
    </message>
    <message>
        <source>Original, no filter</source>
        <translation>原始，不滤波</translation>
    </message>
    <message>
        <source>Baseline</source>
        <translation>基线</translation>
    </message>
    <message>
        <source>Mains</source>
        <translation>工频</translation>
    </message>
    <message>
        <source>Muscle</source>
        <translation>肌电</translation>
    </message>
    <message>
        <source>Off</source>
        <translation>关</translation>
    </message>
    <message>
        <source>Filter: not used here</source>
        <translation>滤波 此处未用</translation>
    </message>
    <message>
        <source>Filter: being made, original shown</source>
        <translation>滤波 计算中，显示原始</translation>
    </message>
</context>
<context>
    <name>Layout</name>
    <message>
        <source>{lead} line by line</source>
        <translation>{lead} 逐行</translation>
    </message>
    <message>
        <source>{n} leads</source>
        <translation>{n} 导联</translation>
    </message>
    <message>
        <source>One lead, line by line</source>
        <translation>单导联逐行长图</translation>
    </message>
    <message>
        <source>columns at the same time</source>
        <translation>各列同一时间</translation>
    </message>
    <message>
        <source>−aVR: aVR upside down</source>
        <translation>−aVR：aVR 倒置</translation>
    </message>
    <message>
        <source>not shown: {leads}</source>
        <translation>未显示：{leads}</translation>
    </message>
    <message>
        <source>Columns show the same time</source>
        <translation>各列为同一时间</translation>
    </message>
    <message>
        <source>Columns follow one another in time</source>
        <translation>各列时间前后相接</translation>
    </message>
    <message>
        <source>One beat</source>
        <translation>单个心搏</translation>
    </message>
    <message>
        <source>Median beats</source>
        <translation>中位心搏</translation>
    </message>
    <message>
        <source>Leads on one baseline</source>
        <translation>导联叠加</translation>
    </message>
    <message>
        <source>Vector loop</source>
        <translation>向量环</translation>
    </message>
</context>
<context>
    <name>Beat</name>
    <message>
        <source>No median beat: neither device nor screening has one</source>
        <translation>没有中位心搏：设备和初筛都未给出</translation>
    </message>
    <message>
        <source>Median beat of the device</source>
        <translation>设备的中位心搏</translation>
    </message>
    <message>
        <source>Median of {n} beats, screening</source>
        <translation>初筛 {n} 搏的中位心搏</translation>
    </message>
    <message>
        <source>A vector loop needs lead I and aVF, II or III</source>
        <translation>向量环需要 I 导联和 aVF、II 或 III 导联</translation>
    </message>
</context>
</TS>
