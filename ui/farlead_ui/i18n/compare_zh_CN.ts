<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="zh_CN">
<context>
    <name>CompareWords</name>
    <message>
        <source>Aligned: R peak · baseline: PR segment</source>
        <translation>对齐：R 峰 · 基线：PR 段</translation>
    </message>
    <message>
        <source>End comparison</source>
        <translation>结束对比</translation>
    </message>
    <message>
        <source>Median beats, same scale</source>
        <translation>中位心搏，同一比例</translation>
    </message>
    <message>
        <source>Overlaid</source>
        <translation>叠加</translation>
    </message>
    <message>
        <source>Side by side</source>
        <translation>左右并列</translation>
    </message>
    <message>
        <source>Stacked</source>
        <translation>上下并列</translation>
    </message>
</context>
<context>
    <name>Comparison</name>
    <message>
        <source>, </source>
        <translation>、</translation>
    </message>
    <message>
        <source>Earlier  {t}</source>
        <translation>既往  {t}</translation>
    </message>
    <message>
        <source>Current  {t}</source>
        <translation>本次  {t}</translation>
    </message>
    <message>
        <source>No difference above the limits named above</source>
        <translation>未见超过上述界值的差异</translation>
    </message>
    <message>
        <source>QS</source>
        <translation>QS 型</translation>
    </message>
    <message>
        <source>Rate</source>
        <translation>心率</translation>
    </message>
    <message>
        <source>ST higher</source>
        <translation>ST 抬高</translation>
    </message>
    <message>
        <source>ST lower</source>
        <translation>ST 降低</translation>
    </message>
    <message>
        <source>T inverted</source>
        <translation>T 倒置</translation>
    </message>
    <message>
        <source>no report</source>
        <translation>未出报告</translation>
    </message>
    <message>
        <source>{t} (arrived)</source>
        <translation>{t}（到达）</translation>
    </message>
    <message>
        <source>{what} new in {leads}</source>
        <translation>{leads} 新出现 {what}</translation>
    </message>
</context>
<context>
    <name>DifferenceTable</name>
    <message>
        <source>Change</source>
        <translation>差值</translation>
    </message>
    <message>
        <source>Difference</source>
        <translation>差异</translation>
    </message>
    <message>
        <source>Current</source>
        <translation>本次</translation>
    </message>
    <message>
        <source>Lead</source>
        <translation>导联</translation>
    </message>
    <message>
        <source>ST J then</source>
        <translation>ST J 往</translation>
    </message>
    <message>
        <source>T then</source>
        <translation>T 往</translation>
    </message>
    <message>
        <source>What has changed</source>
        <translation>变化小结</translation>
    </message>
    <message>
        <source>mV; T where it is largest; bold: |ΔT| ≥ {bold}; tinted: newly inverted by {new} or more, new QS, or ST changed</source>
        <translation>mV；T 取绝对值最大处；|ΔT| ≥ {bold} 加粗；T 新倒置 ≥ {new}、新出现 QS 或 ST 改变者加底色</translation>
    </message>
    <message>
        <source>new</source>
        <translation>新出现</translation>
    </message>
    <message>
        <source>now</source>
        <translation>今</translation>
    </message>
</context>
<context>
    <name>EarlierStrip</name>
    <message>
        <source>Compare</source>
        <translation>对比</translation>
    </message>
    <message>
        <source>Earlier</source>
        <translation>既往</translation>
    </message>
    <message>
        <source>End</source>
        <translation>结束</translation>
    </message>
    <message>
        <source>Current − {day}</source>
        <translation>本次 − {day}</translation>
    </message>
    <message>
        <source>Looking for earlier ECGs …</source>
        <translation>正在查找既往心电图…</translation>
    </message>
    <message>
        <source>Whose ECG this is, is in doubt: nothing is compared until it is known</source>
        <translation>患者身份存疑，确认之前不作比较</translation>
    </message>
    <message>
        <source>nothing was measured</source>
        <translation>没有可比较的测量值</translation>
    </message>
    <message>
        <source>one who is only possibly the same patient is not compared</source>
        <translation>可能同一患者者未经确认，不作比较</translation>
    </message>
    <message>
        <source>{n} ECGs</source>
        <translation>{n} 次</translation>
    </message>
</context>
<context>
    <name>Export</name>
    <message>
        <source>Clinical question not given</source>
        <translation>未填写临床问题</translation>
    </message>
    <message>
        <source>Copy of the screen, not a report</source>
        <translation>屏幕副本，不是诊断报告</translation>
    </message>
    <message>
        <source>PDF, true millimetres (*.pdf)</source>
        <translation>PDF，真实毫米 (*.pdf)</translation>
    </message>
    <message>
        <source>Picture, 300 dpi (*.png)</source>
        <translation>图片，300 dpi (*.png)</translation>
    </message>
    <message>
        <source>Save as</source>
        <translation>另存为</translation>
    </message>
    <message>
        <source>print at 100 %</source>
        <translation>请按 100% 打印</translation>
    </message>
    <message>
        <source>recorded {t}</source>
        <translation>采集 {t}</translation>
    </message>
    <message>
        <source>screen filter {f}</source>
        <translation>屏幕滤波 {f}</translation>
    </message>
    <message>
        <source>{who}, {where}, {t}</source>
        <translation>{who}，{where}，{t}</translation>
    </message>
</context>
<context>
    <name>Overlays</name>
    <message>
        <source>No pacing spikes found</source>
        <translation>未见起搏脉冲</translation>
    </message>
    <message>
        <source>Nothing was measured in this recording</source>
        <translation>此记录没有测量结果</translation>
    </message>
    <message>
        <source>Pacing spikes cannot be looked for</source>
        <translation>此记录不能辨认起搏脉冲</translation>
    </message>
    <message>
        <source>baseline wander</source>
        <translation>基线漂移</translation>
    </message>
    <message>
        <source>electrode pops</source>
        <translation>电极松动</translation>
    </message>
    <message>
        <source>flat</source>
        <translation>平线</translation>
    </message>
    <message>
        <source>good</source>
        <translation>良好</translation>
    </message>
    <message>
        <source>mains</source>
        <translation>工频干扰</translation>
    </message>
    <message>
        <source>missing</source>
        <translation>缺失</translation>
    </message>
    <message>
        <source>noisy</source>
        <translation>噪声</translation>
    </message>
    <message>
        <source>saturated</source>
        <translation>饱和</translation>
    </message>
</context>
<context>
    <name>commands</name>
    <message>
        <source>Beats and their classes</source>
        <translation>心搏与分类</translation>
    </message>
    <message>
        <source>Compare with the earlier ECG</source>
        <translation>与往次比较</translation>
    </message>
    <message>
        <source>Comparison: overlaid</source>
        <translation>对比：叠加</translation>
    </message>
    <message>
        <source>Comparison: side by side</source>
        <translation>对比：左右并列</translation>
    </message>
    <message>
        <source>Comparison: stacked</source>
        <translation>对比：上下并列</translation>
    </message>
    <message>
        <source>Copy the measurements as a table</source>
        <translation>复制测量值</translation>
    </message>
    <message>
        <source>Earlier ECG</source>
        <translation>较早的心电图</translation>
    </message>
    <message>
        <source>Fiducial points</source>
        <translation>波形标记点</translation>
    </message>
    <message>
        <source>Later ECG</source>
        <translation>较晚的心电图</translation>
    </message>
    <message>
        <source>Pacing spikes</source>
        <translation>起搏脉冲</translation>
    </message>
    <message>
        <source>Quality of each lead</source>
        <translation>各导联质量</translation>
    </message>
    <message>
        <source>ST levels</source>
        <translation>ST 水平</translation>
    </message>
    <message>
        <source>Save the sheet as PDF</source>
        <translation>存为 PDF</translation>
    </message>
    <message>
        <source>Save the sheet as picture</source>
        <translation>存为图片</translation>
    </message>
</context>
<context>
    <name>CompareRoom</name>
    <message>
        <source>Nothing is compared · {key} compares with the earlier ECG</source>
        <translation>未在对比 · {key} 与既往心电图对比</translation>
    </message>
</context>
</TS>
