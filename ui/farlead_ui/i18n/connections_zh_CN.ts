<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="zh_CN">
<context>
    <name>Connections</name>
    <message>
        <source>inbox folder</source>
        <translation>收件文件夹</translation>
    </message>
    <message>
        <source>archive, in</source>
        <translation>影像档案·取</translation>
    </message>
    <message>
        <source>C-STORE, in</source>
        <translation>C-STORE·收</translation>
    </message>
    <message>
        <source>HL7 orders, in</source>
        <translation>HL7 申请·收</translation>
    </message>
    <message>
        <source>worklist, in</source>
        <translation>工作列表·取</translation>
    </message>
    <message>
        <source>FHIR requests, in</source>
        <translation>FHIR 申请·取</translation>
    </message>
    <message>
        <source>DICOM association</source>
        <translation>DICOM 关联</translation>
    </message>
    <message>
        <source>delivery folder</source>
        <translation>回传文件夹</translation>
    </message>
    <message>
        <source>archive, out</source>
        <translation>影像档案·回传</translation>
    </message>
    <message>
        <source>C-STORE, out</source>
        <translation>C-STORE·回传</translation>
    </message>
    <message>
        <source>HL7, out</source>
        <translation>HL7·回传</translation>
    </message>
    <message>
        <source>FHIR, out</source>
        <translation>FHIR·回传</translation>
    </message>
    <message>
        <source>no longer configured</source>
        <translation>已不在设置中</translation>
    </message>
    <message>
        <source>being asked …</source>
        <translation>测试中…</translation>
    </message>
    <message>
        <source>in trouble</source>
        <translation>故障</translation>
    </message>
    <message>
        <source>parked</source>
        <translation>待人工</translation>
    </message>
    <message>
        <source>under way</source>
        <translation>回传中</translation>
    </message>
    <message>
        <source>not used yet</source>
        <translation>尚未使用</translation>
    </message>
    <message>
        <source>good</source>
        <translation>正常</translation>
    </message>
    <message>
        <source>never</source>
        <translation>从未</translation>
    </message>
    <message>
        <source>just now</source>
        <translation>刚刚</translation>
    </message>
    <message>
        <source>reads the folder</source>
        <translation>读取文件夹</translation>
    </message>
    <message>
        <source>QIDO-RS search</source>
        <translation>QIDO-RS 查询</translation>
    </message>
    <message>
        <source>opens a connection</source>
        <translation>建立连接</translation>
    </message>
    <message>
        <source>writes a file and removes it</source>
        <translation>写入并删除测试文件</translation>
    </message>
    <message>
        <source>C-ECHO</source>
        <translation>C-ECHO</translation>
    </message>
    <message>
        <source>MLLP connection</source>
        <translation>MLLP 连接</translation>
    </message>
    <message>
        <source>capability statement</source>
        <translation>查询 FHIR 能力声明</translation>
    </message>
    <message>
        <source>looks it up in the settings</source>
        <translation>查看设置</translation>
    </message>
</context>
<context>
    <name>ConnectionsSheet</name>
    <message>
        <source>Connections</source>
        <translation>连接</translation>
    </message>
</context>
<context>
    <name>ConnectionsView</name>
    <message>
        <source>Unit, system or address</source>
        <translation>单位、系统或地址</translation>
    </message>
    <message>
        <source>In trouble only  Ctrl+F</source>
        <translation>只看故障  Ctrl+F</translation>
    </message>
    <message>
        <source>Stop, {n} to go  Ctrl+T</source>
        <translation>停止，还剩 {n}  Ctrl+T</translation>
    </message>
    <message>
        <source>Test all shown  Ctrl+T</source>
        <translation>测试所列全部  Ctrl+T</translation>
    </message>
    <message>
        <source>Looking …</source>
        <translation>正在查看…</translation>
    </message>
    <message>
        <source> · ● passwords in clear {n}</source>
        <translation> · ● 明文口令 {n} 处</translation>
    </message>
    <message>
        <source>▲ {down} of {all} in trouble · to deliver {waiting} · sent, unconfirmed {sent} · ◆ parked {parked} · as of {when}</source>
        <translation>▲ 故障 {down} / {all} · 待发送 {waiting} 份 · 已发送待确认 {sent} 份 · ◆ 待人工 {parked} 份 · 截至 {when}</translation>
    </message>
</context>
<context>
    <name>Details</name>
    <message>
        <source>Test now  Enter</source>
        <translation>立即测试  Enter</translation>
    </message>
    <message>
        <source>never</source>
        <translation>从未</translation>
    </message>
    <message>
        <source>Last success {when}</source>
        <translation>上次成功 {when}</translation>
    </message>
    <message>
        <source>Last confirmed {when}</source>
        <translation>上次确认 {when}</translation>
    </message>
    <message>
        <source>{n} to be sent, {s} sent and not confirmed, {m} parked</source>
        <translation>待发送 {n}，已发送待确认 {s}，待人工 {m}</translation>
    </message>
    <message>
        <source>Being asked: {how} …</source>
        <translation>正在测试：{how}…</translation>
    </message>
    <message>
        <source>Not asked yet ({how}; nothing of a patient is sent)</source>
        <translation>尚未测试（{how}；不发送患者资料）</translation>
    </message>
    <message>
        <source>✓ Asked {when} ({how}): answers</source>
        <translation>✓ {when} 测试（{how}）：有应答</translation>
    </message>
    <message>
        <source>▲ Asked {when}: {why}</source>
        <translation>▲ {when} 测试：{why}</translation>
    </message>
    <message>
        <source>Parked: {n}; Enter sends one again</source>
        <translation>待人工 {n} 份；Enter 重发所选一份</translation>
    </message>
    <message>
        <source>Nothing is parked here.</source>
        <translation>没有待人工的回传。</translation>
    </message>
    <message>
        <source>Send all again  Ctrl+D</source>
        <translation>全部重发  Ctrl+D</translation>
    </message>
    <message>
        <source>Only system administrators test connections and send again.</source>
        <translation>只有系统管理员可以测试连接和重发。</translation>
    </message>
</context>
<context>
    <name>Heads</name>
    <message>
        <source>Unit or system</source>
        <translation>单位或系统</translation>
    </message>
    <message>
        <source>Kind</source>
        <translation>方式</translation>
    </message>
    <message>
        <source>State</source>
        <translation>状态</translation>
    </message>
    <message>
        <source>Last success</source>
        <translation>上次成功</translation>
    </message>
    <message>
        <source>To send</source>
        <translation>待发送</translation>
    </message>
    <message>
        <source>Sent</source>
        <translation>待确认</translation>
    </message>
    <message>
        <source>Parked</source>
        <translation>待人工</translation>
    </message>
    <message>
        <source>Last error</source>
        <translation>最近错误</translation>
    </message>
</context>
</TS>
