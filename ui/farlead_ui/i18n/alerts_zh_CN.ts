<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="zh_CN">
<context>
    <name>CallForm</name>
    <message>
        <source>1  Reached?</source>
        <translation>1  是否接通</translation>
    </message>
    <message>
        <source>2  Receiver</source>
        <translation>2  接听人</translation>
    </message>
    <message>
        <source>3  Repeated and right?</source>
        <translation>3  是否复述无误</translation>
    </message>
    <message>
        <source>4  Advice given</source>
        <translation>4  处置意见</translation>
    </message>
    <message>
        <source>Reached</source>
        <translation>已接通</translation>
    </message>
    <message>
        <source>Not reached</source>
        <translation>未接通</translation>
    </message>
    <message>
        <source>Repeated</source>
        <translation>已复述</translation>
    </message>
    <message>
        <source>Not repeated</source>
        <translation>未复述</translation>
    </message>
    <message>
        <source>Number  ↑ ↓ another contact</source>
        <translation>号码  ↑ ↓ 换一位联系人</translation>
    </message>
    <message>
        <source>Who answered</source>
        <translation>接听人姓名</translation>
    </message>
    <message>
        <source>Advice; Enter records the call</source>
        <translation>处置意见；回车记录本次呼叫</translation>
    </message>
    <message>
        <source>Chest pain</source>
        <translation>胸痛流程</translation>
    </message>
    <message>
        <source>Transfer</source>
        <translation>立即转诊</translation>
    </message>
    <message>
        <source>Repeat ECG</source>
        <translation>复查心电图</translation>
    </message>
</context>
<context>
    <name>CaseBar</name>
    <message>
        <source>▲ Critical values open: {n}</source>
        <translation>▲ 危急值未结案 {n}</translation>
    </message>
    <message>
        <source>longest {t}</source>
        <translation>最长已过 {t}</translation>
    </message>
    <message>
        <source>{n} more</source>
        <translation>另有 {n} 件</translation>
    </message>
    <message>
        <source>next {key}</source>
        <translation>下一件 {key}</translation>
    </message>
    <message>
        <source>{who}  {t} past</source>
        <translation>{who}  已过 {t}</translation>
    </message>
</context>
<context>
    <name>CaseColumn</name>
    <message>
        <source>What is critical?</source>
        <translation>危急的发现</translation>
    </message>
    <message>
        <source>Enter opens the case: your name and the time are recorded.</source>
        <translation>回车报告危急值，记入您的姓名和时间。</translation>
    </message>
    <message>
        <source>Finding, e.g. pneumothorax</source>
        <translation>发现，例如：气胸</translation>
    </message>
    <message>
        <source>▲ Declare a critical value</source>
        <translation>▲ 报告危急值</translation>
    </message>
    <message>
        <source>▲ Critical · {state}</source>
        <translation>▲ 危急值 · {state}</translation>
    </message>
    <message>
        <source>since {t} · opened by {reader}</source>
        <translation>自 {t} 起 · {reader} 提出</translation>
    </message>
    <message>
        <source>Whom to call</source>
        <translation>通知对象</translation>
    </message>
    <message>
        <source>What to say</source>
        <translation>要说的话</translation>
    </message>
    <message>
        <source>Ended {t} by {reader}: {how}.</source>
        <translation>{t} 由{reader}结案：{how}。</translation>
    </message>
    <message>
        <source>nobody is listed</source>
        <translation>没有登记联系人</translation>
    </message>
    <message>
        <source>others: {list}</source>
        <translation>备用 {list}</translation>
    </message>
    <message>
        <source>past</source>
        <translation>已过</translation>
    </message>
</context>
<context>
    <name>EndForm</name>
    <message>
        <source>End the case</source>
        <translation>结案</translation>
    </message>
    <message>
        <source>Told</source>
        <translation>已通知</translation>
    </message>
    <message>
        <source>Not critical</source>
        <translation>非危急值</translation>
    </message>
    <message>
        <source>Unreachable</source>
        <translation>联系不上</translation>
    </message>
    <message>
        <source>Why it is no critical value</source>
        <translation>为何不是危急值</translation>
    </message>
    <message>
        <source>Who takes over</source>
        <translation>由谁接手</translation>
    </message>
    <message>
        <source>Choose one of the three; none is chosen by default.</source>
        <translation>三种结案方式任选其一，没有默认。</translation>
    </message>
    <message>
        <source>Enter ends the case</source>
        <translation>回车结案</translation>
    </message>
</context>
<context>
    <name>Marks</name>
    <message>
        <source>{n} min</source>
        <translation>{n} 分</translation>
    </message>
</context>
<context>
    <name>alerts</name>
    <message>
        <source>name not given</source>
        <translation>姓名未给出</translation>
    </message>
    <message>
        <source>sex, age not given</source>
        <translation>性别、年龄未给出</translation>
    </message>
    <message>
        <source>, </source>
        <translation>，</translation>
    </message>
    <message>
        <source>“{who}: {finding}. Please act at once, and repeat it to me.”</source>
        <translation>“{who}。{finding}。请立即处理，并请复述。”</translation>
    </message>
    <message>
        <source>no number known</source>
        <translation>没有号码</translation>
    </message>
    <message>
        <source>Phone</source>
        <translation>电话</translation>
    </message>
    <message>
        <source>Mobile</source>
        <translation>手机</translation>
    </message>
    <message>
        <source>Message</source>
        <translation>消息</translation>
    </message>
    <message>
        <source>Visit</source>
        <translation>当面</translation>
    </message>
    <message>
        <source>not reached</source>
        <translation>未接通</translation>
    </message>
    <message>
        <source>reached, repeated</source>
        <translation>已接通，已复述</translation>
    </message>
    <message>
        <source>reached, not repeated</source>
        <translation>已接通，未复述</translation>
    </message>
    <message>
        <source>to be told</source>
        <translation>待通知</translation>
    </message>
    <message>
        <source>told</source>
        <translation>已通知</translation>
    </message>
    <message>
        <source>not a critical value</source>
        <translation>非危急值</translation>
    </message>
    <message>
        <source>unit unreachable</source>
        <translation>联系不上</translation>
    </message>
</context>
<context>
    <name>commands</name>
    <message>
        <source>Critical value</source>
        <translation>危急值</translation>
    </message>
    <message>
        <source>Next open critical value</source>
        <translation>下一件未结案危急值</translation>
    </message>
    <message>
        <source>Fold the critical value</source>
        <translation>收起危急值</translation>
    </message>
</context>
</TS>
