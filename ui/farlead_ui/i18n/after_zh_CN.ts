<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="zh_CN">
<context>
    <name>BatchSheet</name>
    <message>
        <source>Sign what is checked: {n}</source>
        <translation>批量签名：{n} 份</translation>
    </message>
    <message>
        <source>The PIN confirms these {n} reports as they were seen.</source>
        <translation>PIN 确认以下 {n} 份报告，内容与核对时一致才签名。</translation>
    </message>
    <message>
        <source>Nothing is checked. Ctrl+Shift+Enter puts the study in hand here.</source>
        <translation>没有待批量签名的报告。Ctrl+Shift+Enter 把当前检查放到这里。</translation>
    </message>
    <message>
        <source>PIN of your certificate; Enter signs all</source>
        <translation>证书 PIN；回车签署全部</translation>
    </message>
    <message>
        <source>signed</source>
        <translation>已签名</translation>
    </message>
    <message>
        <source>ready</source>
        <translation>待签</translation>
    </message>
    <message>
        <source>Signing …</source>
        <translation>正在签名…</translation>
    </message>
    <message>
        <source>{n} signed, {m} back in the list with their drafts</source>
        <translation>已签 {n} 份，{m} 份连同草稿退回列表</translation>
    </message>
</context>
<context>
    <name>IssuedSheet</name>
    <message>
        <source>Issued reports</source>
        <translation>已签发报告</translation>
    </message>
    <message>
        <source>Number or patient; Enter: next version</source>
        <translation>编号或患者；回车看下一版本</translation>
    </message>
    <message>
        <source>Versions, the newest first</source>
        <translation>版本，新的在前</translation>
    </message>
    <message>
        <source>On its way to the unit: each place, each try, proof</source>
        <translation>回传经过：去向、每次尝试、对方答复与凭据</translation>
    </message>
    <message>
        <source>Amend  Ctrl+E</source>
        <translation>更正  Ctrl+E</translation>
    </message>
    <message>
        <source>Withdraw  Ctrl+D</source>
        <translation>撤回  Ctrl+D</translation>
    </message>
    <message>
        <source>Reason of the amendment; Enter opens the study</source>
        <translation>更正原因；回车打开该检查</translation>
    </message>
    <message>
        <source>Reason of the withdrawal; Enter withdraws, the unit is told</source>
        <translation>撤回原因；回车撤回并通知单位</translation>
    </message>
    <message>
        <source>in force</source>
        <translation>现行</translation>
    </message>
    <message>
        <source>superseded</source>
        <translation>已被取代</translation>
    </message>
    <message>
        <source>withdrawn</source>
        <translation>已撤回</translation>
    </message>
    <message>
        <source>waits for its second signature</source>
        <translation>待审核</translation>
    </message>
    <message>
        <source>Version {n}, {state}</source>
        <translation>第 {n} 版，{state}</translation>
    </message>
</context>
<context>
    <name>ReviewStrip</name>
    <message>
        <source>Second signature · written by {author} · waiting {t}</source>
        <translation>审核签名 · 书写医师 {author} · 已等 {t}</translation>
    </message>
    <message>
        <source>Amendment of version {n}</source>
        <translation>更正第 {n} 版</translation>
    </message>
    <message>
        <source>{n} changes; signed, it replaces the version in force.</source>
        <translation>改动 {n} 处；签名后取代现行版本。</translation>
    </message>
    <message>
        <source>Sent back by {reader}</source>
        <translation>{reader} 审核退回</translation>
    </message>
    <message>
        <source>Mend the report and sign it again.</source>
        <translation>请修改报告后重新签名。</translation>
    </message>
    <message>
        <source>and {n} more</source>
        <translation>另有 {n} 条</translation>
    </message>
    <message>
        <source>Changed in {n} places: signed by you alone, as a new version.</source>
        <translation>已改动 {n} 处：将由您单独签署为新版本。</translation>
    </message>
    <message>
        <source>Unchanged: your signature is the second one in the same file.</source>
        <translation>未改动：您的签名作为第二个签名加入同一文件。</translation>
    </message>
</context>
<context>
    <name>SendBackPanel</name>
    <message>
        <source>Send back to the author</source>
        <translation>退回书写医师</translation>
    </message>
    <message>
        <source>↑ ↓ place · Enter notes the remark · empty line sends it back</source>
        <translation>↑ ↓ 选位置 · 回车记一条意见 · 空行回车退回</translation>
    </message>
    <message>
        <source>Remark</source>
        <translation>审核意见</translation>
    </message>
    <message>
        <source>Send back  Enter</source>
        <translation>退回  Enter</translation>
    </message>
    <message>
        <source>Back  Esc</source>
        <translation>返回  Esc</translation>
    </message>
    <message>
        <source>Whole report</source>
        <translation>整份报告</translation>
    </message>
    <message>
        <source>Findings</source>
        <translation>所见</translation>
    </message>
    <message>
        <source>Conclusion</source>
        <translation>结论</translation>
    </message>
</context>
<context>
    <name>commands</name>
    <message>
        <source>Send back to the author</source>
        <translation>退回书写医师</translation>
    </message>
    <message>
        <source>Checked, sign with others</source>
        <translation>核对完毕，批量签名</translation>
    </message>
    <message>
        <source>Sign what is checked</source>
        <translation>批量签名</translation>
    </message>
    <message>
        <source>Issued reports and versions</source>
        <translation>已签发报告与版本</translation>
    </message>
    <message>
        <source>List of critical values</source>
        <translation>危急值列表</translation>
    </message>
    <message>
        <source>Chest pain clock</source>
        <translation>胸痛时间轴</translation>
    </message>
    <message>
        <source>Hand the shift over, take on</source>
        <translation>交班、接班</translation>
    </message>
</context>
<context>
    <name>review</name>
    <message>
        <source>statement {code}</source>
        <translation>诊断 {code}</translation>
    </message>
    <message>
        <source>findings</source>
        <translation>所见</translation>
    </message>
    <message>
        <source>conclusion</source>
        <translation>结论</translation>
    </message>
    <message>
        <source>order</source>
        <translation>顺序</translation>
    </message>
    <message>
        <source>suggestion {code}</source>
        <translation>提示 {code}</translation>
    </message>
    <message>
        <source>contradiction</source>
        <translation>矛盾处理</translation>
    </message>
    <message>
        <source>figure {code}</source>
        <translation>测值 {code}</translation>
    </message>
    <message>
        <source>mark {code}</source>
        <translation>标记 {code}</translation>
    </message>
    <message>
        <source>whole report</source>
        <translation>整份报告</translation>
    </message>
    <message>
        <source>nothing</source>
        <translation>无</translation>
    </message>
</context>
</TS>
