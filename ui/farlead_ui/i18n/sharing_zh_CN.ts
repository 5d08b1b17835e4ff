<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="zh_CN" sourcelanguage="en">
<context>
    <name>SearchSheet</name>
    <message>
        <source>Search all studies</source>
        <translation>检索全部检查</translation>
    </message>
    <message>
        <source>Patient or number</source>
        <translation>患者或编号</translation>
    </message>
    <message>
        <source>Unit</source>
        <translation>单位</translation>
    </message>
    <message>
        <source>From day, 2026-11-22</source>
        <translation>起始日期（如 2026-11-22）</translation>
    </message>
    <message>
        <source>To day</source>
        <translation>截止日期</translation>
    </message>
    <message>
        <source>Reader</source>
        <translation>医师</translation>
    </message>
    <message>
        <source>State</source>
        <translation>状态</translation>
    </message>
    <message>
        <source>Finding</source>
        <translation>诊断</translation>
    </message>
    <message>
        <source>Search  Enter</source>
        <translation>检索  Enter</translation>
    </message>
    <message>
        <source>further back</source>
        <translation>更早的</translation>
    </message>
    <message>
        <source>↑ ↓ choose, Enter opens. Each search is in the audit trail.</source>
        <translation>↑ ↓ 选择，Enter 打开。每次检索记入审计。</translation>
    </message>
    <message>
        <source>all units</source>
        <translation>全部单位</translation>
    </message>
    <message>
        <source>any state</source>
        <translation>不限状态</translation>
    </message>
    <message>
        <source>Searching …</source>
        <translation>正在检索…</translation>
    </message>
    <message>
        <source>{n} found, the latest first</source>
        <translation>共 {n} 份，按到达时间从新到旧</translation>
    </message>
    <message>
        <source>more than {n} found, the latest first</source>
        <translation>已列出 {n} 份，还有更早的</translation>
    </message>
    <message>
        <source>Nothing fits.</source>
        <translation>没有符合的检查。</translation>
    </message>
</context>
<context>
    <name>commands</name>
    <message>
        <source>Take a colleague's offline text into the draft</source>
        <translation>采用同事断网时所写</translation>
    </message>
    <message>
        <source>Log out, another reader</source>
        <translation>注销，换人登录</translation>
    </message>
    <message>
        <source>Pass on to another reader</source>
        <translation>转给其他医师</translation>
    </message>
    <message>
        <source>Search all studies</source>
        <translation>检索全部检查</translation>
    </message>
</context>
<context>
    <name>SkipPanel</name>
    <message>
        <source>Pass on to another reader</source>
        <translation>转给其他医师</translation>
    </message>
    <message>
        <source>It comes last for you for a while. The reason is logged.</source>
        <translation>这份检查一段时间内排在您的最后。原因记入审计。</translation>
    </message>
    <message>
        <source>Pass on  Enter</source>
        <translation>转出  Enter</translation>
    </message>
</context>
<context>
    <name>LockScreen</name>
    <message>
        <source>Password</source>
        <translation>密码</translation>
    </message>
    <message>
        <source>Another reader</source>
        <translation>换人登录</translation>
    </message>
</context>
<context>
    <name>SignIn</name>
    <message>
        <source>Sign in</source>
        <translation>登录</translation>
    </message>
    <message>
        <source>Account</source>
        <translation>账号</translation>
    </message>
    <message>
        <source>Password; without one, the PIN of your certificate</source>
        <translation>密码（没有密码的账号输入证书 PIN）</translation>
    </message>
    <message>
        <source>Signing in …</source>
        <translation>正在登录…</translation>
    </message>
    <message>
        <source>Sign in  Enter</source>
        <translation>登录  Enter</translation>
    </message>
</context>
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
</TS>
