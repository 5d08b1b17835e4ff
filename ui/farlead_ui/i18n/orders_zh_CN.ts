<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="zh_CN">
<context>
    <name>OrdersSheet</name>
    <message>
        <source>Reason; Enter joins the order with this study</source>
        <translation>原因；回车将申请关联到此检查</translation>
    </message>
    <message>
        <source>Reason; Enter closes the order: no study will come</source>
        <translation>原因；回车关闭申请：不会再有检查</translation>
    </message>
    <message>
        <source>Reason; Enter undoes it, the order waits again</source>
        <translation>原因；回车撤销，申请重新等待</translation>
    </message>
    <message>
        <source>Orders joined or closed: {n}</source>
        <translation>已关联或关闭的申请：{n}</translation>
    </message>
    <message>
        <source>Orders without a certain study: {n}</source>
        <translation>待核对的申请：{n}</translation>
    </message>
    <message>
        <source>Join  Ctrl+J</source>
        <translation>关联  Ctrl+J</translation>
    </message>
    <message>
        <source>Close  Ctrl+D</source>
        <translation>关闭  Ctrl+D</translation>
    </message>
    <message>
        <source>Undo  Ctrl+U</source>
        <translation>撤销  Ctrl+U</translation>
    </message>
    <message>
        <source>Back to what waits  Ctrl+T</source>
        <translation>回到待核对  Ctrl+T</translation>
    </message>
    <message>
        <source>Joined patients  Ctrl+T</source>
        <translation>已合并的患者  Ctrl+T</translation>
    </message>
    <message>
        <source>Patients joined by their units: {n}</source>
        <translation>由单位合并的患者：{n}</translation>
    </message>
    <message>
        <source>No unit has joined two patients.</source>
        <translation>没有被合并的患者。</translation>
    </message>
    <message>
        <source>Reason; Enter parts them: they are two people</source>
        <translation>理由；回车拆分：他们是两个人</translation>
    </message>
    <message>
        <source>{kept}
was joined with
{other}
by the word of {source}</source>
        <translation>{kept}
与
{other}
已合并，依据：{source}</translation>
    </message>
    <message>
        <source>Joined and closed ones  Ctrl+T</source>
        <translation>已关联和关闭的  Ctrl+T</translation>
    </message>
    <message>
        <source>Every order has found its study.</source>
        <translation>所有申请都已对上检查。</translation>
    </message>
    <message>
        <source>Joined with study {number}</source>
        <translation>已关联检查 {number}</translation>
    </message>
    <message>
        <source>Closed</source>
        <translation>已关闭</translation>
    </message>
    <message>
        <source>Study {n} of {all}  ←/→</source>
        <translation>检查 {n}/{all}  ←/→</translation>
    </message>
    <message>
        <source>it has another order already</source>
        <translation>该检查已有另一申请</translation>
    </message>
    <message>
        <source>a person has parted the two before</source>
        <translation>曾有人将两者分开</translation>
    </message>
</context>
<context>
    <name>Sides</name>
    <message>
        <source>no study</source>
        <translation>无检查</translation>
    </message>
    <message>
        <source>Order by {source}</source>
        <translation>申请（{source}）</translation>
    </message>
    <message>
        <source>Study {number}</source>
        <translation>检查 {number}</translation>
    </message>
    <message>
        <source>Name</source>
        <translation>姓名</translation>
    </message>
    <message>
        <source>Patient no.</source>
        <translation>患者编号</translation>
    </message>
    <message>
        <source>Identity no.</source>
        <translation>身份证号</translation>
    </message>
    <message>
        <source>Health card</source>
        <translation>健康卡号</translation>
    </message>
    <message>
        <source>Sex</source>
        <translation>性别</translation>
    </message>
    <message>
        <source>Birth date</source>
        <translation>出生日期</translation>
    </message>
    <message>
        <source>Accession no.</source>
        <translation>检查号</translation>
    </message>
    <message>
        <source>Kind</source>
        <translation>类别</translation>
    </message>
    <message>
        <source>Asked / recorded</source>
        <translation>申请/采集时间</translation>
    </message>
    <message>
        <source>Priority</source>
        <translation>优先级</translation>
    </message>
    <message>
        <source>Clinical question</source>
        <translation>临床问题</translation>
    </message>
    <message>
        <source>Department, doctor</source>
        <translation>科室、医师</translation>
    </message>
    <message>
        <source>routine</source>
        <translation>常规</translation>
    </message>
    <message>
        <source>urgent</source>
        <translation>加急</translation>
    </message>
    <message>
        <source>emergency</source>
        <translation>急诊</translation>
    </message>
    <message>
        <source>any</source>
        <translation>不限</translation>
    </message>
</context>
<context>
    <name>commands</name>
    <message>
        <source>Orders without a certain study</source>
        <translation>待核对的申请</translation>
    </message>
</context>
<context>
    <name>HeadLine</name>
    <message>
        <source>Order cancelled by the unit</source>
        <translation>单位已取消申请</translation>
    </message>
    <message>
        <source>order {n} ({source})</source>
        <translation>申请 {n}（{source}）</translation>
    </message>
</context>
</TS>
