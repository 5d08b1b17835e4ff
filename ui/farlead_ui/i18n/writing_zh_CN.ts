<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="zh_CN" sourcelanguage="en">
<context>
    <name>Candidates</name>
    <message>
        <source>my short form · {form}</source>
        <translation>本人短语 · {form}</translation>
    </message>
    <message>
        <source>template</source>
        <translation>模板</translation>
    </message>
</context>
<context>
    <name>Doubts</name>
    <message>
        <source> and {n} more</source>
        <translation>，另有 {n} 处</translation>
    </message>
    <message>
        <source>Let it stand</source>
        <translation>写明理由并保留</translation>
    </message>
</context>
<context>
    <name>FiguresPanel</name>
    <message>
        <source>Write over measurements</source>
        <translation>改写测量值</translation>
    </message>
    <message>
        <source>Marked in the report as changed, with the old value.</source>
        <translation>报告中会标明已改写，并保留原值。留空即用原值。</translation>
    </message>
    <message>
        <source>Keep  Enter</source>
        <translation>保存  Enter</translation>
    </message>
    <message>
        <source>Back  Esc</source>
        <translation>返回  Esc</translation>
    </message>
    <message>
        <source>“{text}” is no plausible value.</source>
        <translation>“{text}”不是合理的数值。</translation>
    </message>
</context>
<context>
    <name>Lines</name>
    <message>
        <source>accept: Enter</source>
        <translation>采纳 Enter</translation>
    </message>
    <message>
        <source>← → qualify   Backspace remove ✕</source>
        <translation>← → 加修饰语   退格 删除 ✕</translation>
    </message>
</context>
<context>
    <name>OverrulePanel</name>
    <message>
        <source>Let this stand?</source>
        <translation>保留这一矛盾？</translation>
    </message>
    <message>
        <source>Why it is so; kept with the report</source>
        <translation>理由（随报告保存）</translation>
    </message>
    <message>
        <source>Let it stand  Enter</source>
        <translation>保留  Enter</translation>
    </message>
    <message>
        <source>Back  Esc</source>
        <translation>返回  Esc</translation>
    </message>
</context>
<context>
    <name>PaperView</name>
    <message>
        <source>The page is being composed …</source>
        <translation>正在排版…</translation>
    </message>
    <message>
        <source>Paper preview, {percent} % · follows the report · P back to the sheet</source>
        <translation>纸面预览 {percent} % · 随报告即时更新 · P 回到图</translation>
    </message>
</context>
<context>
    <name>PhrasePanel</name>
    <message>
        <source>Keep as my short form</source>
        <translation>存为本人短语</translation>
    </message>
    <message>
        <source>Statements and text of this draft; typing the short form writes them again. Places such as {heart_rate} or {qtc} take the measurements.</source>
        <translation>保存本草稿的诊断语句与文字；以后键入短语即可写入。文字中的 {heart_rate}、{qtc} 等会填入测量值。</translation>
    </message>
    <message>
        <source>Short form, for example xbzc</source>
        <translation>短语，例如 xbzc</translation>
    </message>
    <message>
        <source>Keep  Enter</source>
        <translation>保存  Enter</translation>
    </message>
    <message>
        <source>Back  Esc</source>
        <translation>返回  Esc</translation>
    </message>
    <message>
        <source> Yours: {forms}. Ctrl+Delete forgets the one that is typed.</source>
        <translation>已有：{forms}。键入后按 Ctrl+Delete 删除。</translation>
    </message>
</context>
<context>
    <name>RejectPanel</name>
    <message>
        <source>Why is this suggestion rejected?</source>
        <translation>否定这条提示的原因？</translation>
    </message>
    <message>
        <source>Reject  Enter</source>
        <translation>否定  Enter</translation>
    </message>
    <message>
        <source>Back  Esc</source>
        <translation>返回  Esc</translation>
    </message>
</context>
<context>
    <name>PrintSheet</name>
    <message>
        <source>Print {number}</source>
        <translation>打印 {number}</translation>
    </message>
    <message>
        <source>True scale, 1 mm for 1 mm: ten bold squares of the tracing are 50 mm on paper. Dashed: what this printer can print on.</source>
        <translation>按真实比例打印（1 mm 对 1 mm）：图上 10 个大格在纸上应为 50 mm。虚线为该打印机的可打印范围。</translation>
    </message>
    <message>
        <source>Print all the same  Enter</source>
        <translation>仍然打印  Enter</translation>
    </message>
    <message>
        <source>Print  Enter</source>
        <translation>打印  Enter</translation>
    </message>
    <message>
        <source>Back  Esc</source>
        <translation>返回  Esc</translation>
    </message>
</context>
<context>
    <name>PrinterRows</name>
    <message>
        <source>Looking for printers …</source>
        <translation>正在查找打印机…</translation>
    </message>
    <message>
        <source>This station has no printer: set one up in the system.</source>
        <translation>本机没有打印机，请先在系统中安装。</translation>
    </message>
</context>
<context>
    <name>NoticeStrip</name>
    <message>
        <source>Say why</source>
        <translation>说明理由</translation>
    </message>
    <message>
        <source>Choose a reason</source>
        <translation>选择原因</translation>
    </message>
</context>
<context>
    <name>commands</name>
    <message>
        <source>Let a contradiction stand, with a word</source>
        <translation>写明理由保留矛盾</translation>
    </message>
    <message>
        <source>Write over measurements</source>
        <translation>改写测量值</translation>
    </message>
    <message>
        <source>Keep the draft as my short form</source>
        <translation>草稿存为本人短语</translation>
    </message>
    <message>
        <source>Paper preview beside the report</source>
        <translation>报告旁纸面预览</translation>
    </message>
    <message>
        <source>Print the report at true scale</source>
        <translation>按真实比例打印报告</translation>
    </message>
</context>
</TS>
