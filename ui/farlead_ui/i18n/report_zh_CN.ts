<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="zh_CN">
<context>
    <name>Candidates</name>
    <message>
        <source>↑ ↓ choose   Enter add   Esc back to the sheet</source>
        <translation>↑ ↓ 选择   Enter 加入   Esc 回到图</translation>
    </message>
    <message>
        <source>free text</source>
        <translation>自由文本</translation>
    </message>
</context>
<context>
    <name>FreeTexts</name>
    <message>
        <source>Findings</source>
        <translation>所见</translation>
    </message>
    <message>
        <source>Conclusion and advice</source>
        <translation>结论与处置建议</translation>
    </message>
    <message>
        <source>May stay empty</source>
        <translation>可留空</translation>
    </message>
</context>
<context>
    <name>Lines</name>
    <message>
        <source>suggested</source>
        <translation>建议</translation>
    </message>
    <message>
        <source>free text</source>
        <translation>自由文本</translation>
    </message>
</context>
<context>
    <name>Measurements</name>
    <message>
        <source>No measurements</source>
        <translation>无测量值</translation>
    </message>
    <message>
        <source>Of the first recording, not of the one shown</source>
        <translation>测量值属于第一份记录，不是当前显示的记录</translation>
    </message>
</context>
<context>
    <name>NoticeStrip</name>
    <message>
        <source>Confirm the person</source>
        <translation>确认患者身份</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
    <message>
        <source>Take over</source>
        <translation>接管</translation>
    </message>
    <message>
        <source>Call back</source>
        <translation>撤回</translation>
    </message>
</context>
<context>
    <name>PinPanel</name>
    <message>
        <source>Open the signing key</source>
        <translation>打开签名密钥</translation>
    </message>
    <message>
        <source>It stays open for {n} minutes and closes when the station is locked.</source>
        <translation>打开后 {n} 分钟内有效，锁定时关闭。</translation>
    </message>
    <message>
        <source>PIN of your certificate</source>
        <translation>证书口令</translation>
    </message>
    <message>
        <source>Sign  Enter</source>
        <translation>签名  Enter</translation>
    </message>
    <message>
        <source>Back  Esc</source>
        <translation>返回  Esc</translation>
    </message>
</context>
<context>
    <name>ReportPanel</name>
    <message>
        <source>Critical</source>
        <translation>危急值</translation>
    </message>
    <message>
        <source>Report</source>
        <translation>报告</translation>
    </message>
    <message>
        <source>Being opened …</source>
        <translation>正在打开…</translation>
    </message>
    <message>
        <source>There is nothing to report about a file that cannot be read.</source>
        <translation>文件无法读取，不能出报告。</translation>
    </message>
    <message>
        <source>Open a study in the list: Enter, or N for the most urgent free one.</source>
        <translation>在列表中按 Enter 打开检查；按 N 领取最紧急的一份。</translation>
    </message>
    <message>
        <source>claim ended · not saved</source>
        <translation>领取已失效 · 未存入</translation>
    </message>
    <message>
        <source>nothing to report</source>
        <translation>无可报告</translation>
    </message>
    <message>
        <source>draft · saved {t}</source>
        <translation>草稿 · {t} 已自动保存</translation>
    </message>
    <message>
        <source>draft · saved at every change</source>
        <translation>草稿 · 随改随存</translation>
    </message>
    <message>
        <source>Retake</source>
        <translation>重采</translation>
    </message>
    <message>
        <source>Draft</source>
        <translation>草稿</translation>
    </message>
    <message>
        <source>Sign</source>
        <translation>签名</translation>
    </message>
</context>
<context>
    <name>RetakePanel</name>
    <message>
        <source>Ask for a retake</source>
        <translation>请重采</translation>
    </message>
    <message>
        <source>Goes to the unit; can be called back for 10 s.</source>
        <translation>将通知单位；10 秒内可撤回。</translation>
    </message>
    <message>
        <source>Hint for the technician (may stay empty)</source>
        <translation>给技师的提示（可留空）</translation>
    </message>
    <message>
        <source>Ask for it  Enter</source>
        <translation>请重采  Enter</translation>
    </message>
    <message>
        <source>Back  Esc</source>
        <translation>返回  Esc</translation>
    </message>
    <message>
        <source>Baseline wanders</source>
        <translation>基线漂移</translation>
    </message>
    <message>
        <source>Noise</source>
        <translation>干扰</translation>
    </message>
    <message>
        <source>Lead off</source>
        <translation>导联脱落</translation>
    </message>
    <message>
        <source>Leads reversed</source>
        <translation>导联接反</translation>
    </message>
    <message>
        <source>Recording too short</source>
        <translation>记录过短</translation>
    </message>
    <message>
        <source>Patient data doubtful</source>
        <translation>患者信息存疑</translation>
    </message>
</context>
<context>
    <name>Statements</name>
    <message>
        <source>Diagnosis</source>
        <translation>诊断</translation>
    </message>
    <message>
        <source>{n} in the report</source>
        <translation>{n} 条</translation>
    </message>
    <message>
        <source>Type Chinese, pinyin initials or English   /</source>
        <translation>键入汉字、拼音首字母或英文   /</translation>
    </message>
</context>
<context>
    <name>SuggestionRow</name>
    <message>
        <source>{name} {value}, limit {limit}</source>
        <translation>{name} {value}，界值 {limit}</translation>
    </message>
    <message>
        <source>accept</source>
        <translation>采纳</translation>
    </message>
    <message>
        <source>reject</source>
        <translation>不采纳</translation>
    </message>
    <message>
        <source>✓ accepted</source>
        <translation>✓ 已采纳</translation>
    </message>
    <message>
        <source>✕ rejected</source>
        <translation>✕ 不采纳</translation>
    </message>
    <message>
        <source>, </source>
        <translation>、</translation>
    </message>
    <message>
        <source> and {n} more</source>
        <translation> 等另 {n} 处</translation>
    </message>
    <message>
        <source>rule {rule}</source>
        <translation>规则 {rule}</translation>
    </message>
</context>
<context>
    <name>Suggestions</name>
    <message>
        <source>Screening suggests</source>
        <translation>初筛建议</translation>
    </message>
    <message>
        <source>{n} · accept all</source>
        <translation>{n} 条 · 全部采纳</translation>
    </message>
    <message>
        <source>{n} of {all} to decide</source>
        <translation>{all} 条，{n} 条待决定</translation>
    </message>
    <message>
        <source>write: normal ECG</source>
        <translation>写入“正常心电图”</translation>
    </message>
    <message>
        <source>{n} decided</source>
        <translation>{n} 条已决定</translation>
    </message>
    <message>
        <source>Screened: rhythm, conduction, ST-T, signal. No mark; no diagnosis.</source>
        <translation>已初筛节律、传导、ST-T 与信号，未见异常；这不是诊断。</translation>
    </message>
    <message>
        <source>Not screened: nothing is suggested.</source>
        <translation>未作初筛，没有建议。</translation>
    </message>
</context>
<context>
    <name>TakeOverPanel</name>
    <message>
        <source>Take the study over</source>
        <translation>接管检查</translation>
    </message>
    <message>
        <source>Your name, the time and the reason go into the audit trail.</source>
        <translation>您的姓名、时间和原因将记入审计。</translation>
    </message>
    <message>
        <source>Take over  Enter</source>
        <translation>接管  Enter</translation>
    </message>
</context>
<context>
    <name>ReasonPanel</name>
    <message>
        <source>Reason</source>
        <translation>原因</translation>
    </message>
    <message>
        <source>Back  Esc</source>
        <translation>返回  Esc</translation>
    </message>
</context>
<context>
    <name>measurements</name>
    <message>
        <source>was {value}</source>
        <translation>原 {value}</translation>
    </message>
    <message>
        <source>Rate</source>
        <translation>心率</translation>
    </message>
    <message>
        <source>QTc ({letters})</source>
        <translation>QTc ({letters})</translation>
    </message>
    <message>
        <source>QRS</source>
        <translation>QRS</translation>
    </message>
    <message>
        <source>QTc</source>
        <translation>QTc</translation>
    </message>
    <message>
        <source>PR</source>
        <translation>PR</translation>
    </message>
    <message>
        <source>QT</source>
        <translation>QT</translation>
    </message>
    <message>
        <source>Axis</source>
        <translation>电轴</translation>
    </message>
    <message>
        <source>/min</source>
        <translation>次/分</translation>
    </message>
</context>
<context>
    <name>IdentityPanel</name>
    <message>
        <source>Confirm the person</source>
        <translation>确认患者身份</translation>
    </message>
    <message>
        <source>The documents of this study contradict each other: check with the unit. Your name and the time go into the audit trail.</source>
        <translation>本检查的资料互相矛盾，请先与送检单位核对。您的姓名与时间将记入审计。</translation>
    </message>
    <message>
        <source>It is this person  Enter</source>
        <translation>确为此人  Enter</translation>
    </message>
    <message>
        <source>Back  Esc</source>
        <translation>返回  Esc</translation>
    </message>
</context>
</TS>
