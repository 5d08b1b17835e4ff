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
        <source>Resus</source>
        <translation>送抢救室</translation>
    </message>
    <message>
        <source>send now to the resuscitation room</source>
        <translation>立即送抢救室</translation>
    </message>
    <message>
        <source>start the chest pain pathway</source>
        <translation>启动胸痛流程</translation>
    </message>
    <message>
        <source>transfer now</source>
        <translation>立即转诊</translation>
    </message>
    <message>
        <source>Repeat</source>
        <translation>复查</translation>
    </message>
    <message>
        <source>repeat the ECG</source>
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
    <message>
        <source>suspected: {who}  {t} past</source>
        <translation>疑似：{who}  已过 {t}</translation>
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
    <message>
        <source>Screening suspects it; no reader has said so. The clock runs.</source>
        <translation>筛查疑似，尚无医师判断；计时已开始。</translation>
    </message>
    <message>
        <source>It is critical: tell the unit</source>
        <translation>确认危急值，通知单位</translation>
    </message>
    <message>
        <source>since {t} · nobody has opened the study</source>
        <translation>{t} 起 · 尚无人打开该检查</translation>
    </message>
    <message>
        <source>since {t} · first seen {seen} by {reader}</source>
        <translation>{t} 起 · {seen} {reader} 首次打开</translation>
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
    <message>
        <source>Duty line</source>
        <translation>总值班</translation>
    </message>
    <message>
        <source>the unit&apos;s duty line</source>
        <translation>单位总值班</translation>
    </message>
    <message>
        <source>Patient</source>
        <translation>患者</translation>
    </message>
    <message>
        <source>the patient by telephone</source>
        <translation>患者本人（电话）</translation>
    </message>
</context>
<context>
    <name>Marks</name>
    <message>
        <source>{n} min</source>
        <translation>{n} 分</translation>
    </message>
    <message>
        <source>opened by nobody: {who}</source>
        <translation>无人打开：{who}</translation>
    </message>
    <message>
        <source>told {t}</source>
        <translation>已提醒 {t}</translation>
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
    <message>
        <source>{who} ({hours}, not now)</source>
        <translation>{who}（{hours}，此时不在）</translation>
    </message>
    <message>
        <source>{who} ({hours})</source>
        <translation>{who}（{hours}）</translation>
    </message>
    <message>
        <source>senior reader</source>
        <translation>审核医师</translation>
    </message>
    <message>
        <source>duty manager</source>
        <translation>值班主任</translation>
    </message>
    <message>
        <source>all stations</source>
        <translation>全部阅图席</translation>
    </message>
    <message>
        <source>suspected, to be judged</source>
        <translation>疑似，待判断</translation>
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
<context>
    <name>CaseSheet</name>
    <message>
        <source>Critical values</source>
        <translation>危急值列表</translation>
    </message>
    <message>
        <source>No critical value is open, and none ended in the last days.</source>
        <translation>没有未结案的危急值，近两天也没有结案的。</translation>
    </message>
    <message>
        <source>Go on with it  Enter</source>
        <translation>继续处理  Enter</translation>
    </message>
    <message>
        <source>Save the form  S</source>
        <translation>保存登记单  S</translation>
    </message>
    <message>
        <source>PDF (*.pdf)</source>
        <translation>PDF 文件 (*.pdf)</translation>
    </message>
</context>
<context>
    <name>ChestPainSheet</name>
    <message>
        <source>arrived in the last {n} days</source>
        <translation>最近 {n} 天到达的</translation>
    </message>
    <message>
        <source>Write the table  {key}</source>
        <translation>导出表格  {key}</translation>
    </message>
    <message>
        <source>Chest pain clock</source>
        <translation>胸痛时间轴</translation>
    </message>
    <message>
        <source>missing; Enter keeps it</source>
        <translation>缺，录入后回车保存</translation>
    </message>
    <message>
        <source>{who}; Enter puts it right</source>
        <translation>{who}；改后回车改正</translation>
    </message>
    <message>
        <source>not yet</source>
        <translation>尚无</translation>
    </message>
    <message>
        <source>08:12, or with the date</source>
        <translation>08:12，或带日期</translation>
    </message>
    <message>
        <source>entered by {name}, {t}</source>
        <translation>{name} 于 {t} 录入</translation>
    </message>
    <message>
        <source>from the request</source>
        <translation>申请单</translation>
    </message>
    <message>
        <source>clock of the device</source>
        <translation>设备时钟</translation>
    </message>
    <message>
        <source>clock of the hub</source>
        <translation>中心时钟</translation>
    </message>
    <message>
        <source>cannot be told</source>
        <translation>无法计算</translation>
    </message>
    <message>
        <source>{n} min</source>
        <translation>{n} 分钟</translation>
    </message>
    <message>
        <source>≤ {n} min ({source})</source>
        <translation>限 {n} 分钟（{source}）</translation>
    </message>
</context>
<context>
    <name>ShiftSheet</name>
    <message>
        <source>Hand the shift over</source>
        <translation>交班</translation>
    </message>
    <message>
        <source>The next reader takes it on with name and time.</source>
        <translation>由下一位医师接班，记录姓名和时间。</translation>
    </message>
    <message>
        <source>Hand over  Enter</source>
        <translation>交班  Enter</translation>
    </message>
    <message>
        <source>Note for the next reader; may be empty</source>
        <translation>给接班医师的留言，可不填</translation>
    </message>
    <message>
        <source>Take the shift on</source>
        <translation>接班</translation>
    </message>
    <message>
        <source>{who}, {t}: {note}</source>
        <translation>{who} {t} 交班：{note}</translation>
    </message>
    <message>
        <source>no note</source>
        <translation>无留言</translation>
    </message>
    <message>
        <source>Take on  Enter</source>
        <translation>接班  Enter</translation>
    </message>
    <message>
        <source>Hand mine over  Ctrl+E</source>
        <translation>交我的班  Ctrl+E</translation>
    </message>
    <message>
        <source>The shift that waits  Ctrl+E</source>
        <translation>待接的班次  Ctrl+E</translation>
    </message>
    <message>
        <source>Enter takes it on</source>
        <translation>回车接班</translation>
    </message>
    <message>
        <source>Nothing is left open.</source>
        <translation>没有未了事项。</translation>
    </message>
</context>
</TS>
