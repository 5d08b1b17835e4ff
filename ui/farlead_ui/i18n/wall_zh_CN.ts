<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="zh_CN">
<context>
    <name>Wall</name>
    <message>
        <source>Critical</source>
        <translation>危急</translation>
    </message>
    <message>
        <source>Urgent</source>
        <translation>紧急</translation>
    </message>
    <message>
        <source>Routine</source>
        <translation>常规</translation>
    </message>
    <message>
        <source>First look</source>
        <translation>危急首阅</translation>
    </message>
    <message>
        <source>ECG urgent</source>
        <translation>心电急诊</translation>
    </message>
    <message>
        <source>ECG routine</source>
        <translation>心电常规</translation>
    </message>
    <message>
        <source>Img urgent</source>
        <translation>影像急诊</translation>
    </message>
    <message>
        <source>Img routine</source>
        <translation>影像常规</translation>
    </message>
    <message>
        <source>Monday</source>
        <translation>星期一</translation>
    </message>
    <message>
        <source>Tuesday</source>
        <translation>星期二</translation>
    </message>
    <message>
        <source>Wednesday</source>
        <translation>星期三</translation>
    </message>
    <message>
        <source>Thursday</source>
        <translation>星期四</translation>
    </message>
    <message>
        <source>Friday</source>
        <translation>星期五</translation>
    </message>
    <message>
        <source>Saturday</source>
        <translation>星期六</translation>
    </message>
    <message>
        <source>Sunday</source>
        <translation>星期日</translation>
    </message>
    <message>
        <source>Waiting</source>
        <translation>等待阅图</translation>
    </message>
    <message>
        <source>oldest</source>
        <translation>最久</translation>
    </message>
    <message>
        <source>Today by hour</source>
        <translation>今日每小时</translation>
    </message>
    <message>
        <source>now</source>
        <translation>现在</translation>
    </message>
    <message>
        <source>usual</source>
        <translation>平日</translation>
    </message>
    <message>
        <source>usual: too few days yet</source>
        <translation>平日：天数不足</translation>
    </message>
    <message>
        <source>arrived {n}</source>
        <translation>到达 {n}</translation>
    </message>
    <message>
        <source>signed {n}</source>
        <translation>已签 {n}</translation>
    </message>
    <message>
        <source>Critical values, unconfirmed</source>
        <translation>未确认危急值</translation>
    </message>
    <message>
        <source>and {n} more</source>
        <translation>另有 {n} 例</translation>
    </message>
    <message>
        <source>None</source>
        <translation>无未确认危急值</translation>
    </message>
    <message>
        <source>critical value</source>
        <translation>危急值</translation>
    </message>
    <message>
        <source>opened by nobody</source>
        <translation>尚无人打开</translation>
    </message>
    <message>
        <source>{reader}: unit not called yet</source>
        <translation>{reader} 处理中，尚未通知单位</translation>
    </message>
    <message>
        <source>{reader}: called {n}×</source>
        <translation>{reader} 已通知 {n} 次，待确认</translation>
    </message>
    <message>
        <source>15 min</source>
        <translation>15 分</translation>
    </message>
    <message>
        <source>Ended today: {n}</source>
        <translation>今日已结案 {n}</translation>
    </message>
    <message>
        <source>Units</source>
        <translation>成员单位</translation>
    </message>
    <message>
        <source>{n} of {all} connected</source>
        <translation>{n} / {all} 在线</translation>
    </message>
    <message>
        <source>last study</source>
        <translation>最近到达</translation>
    </message>
    <message>
        <source>waiting</source>
        <translation>待阅</translation>
    </message>
    <message>
        <source>to deliver</source>
        <translation>待回传</translation>
    </message>
    <message>
        <source>not connected</source>
        <translation>失联</translation>
    </message>
    <message>
        <source>the other {n}</source>
        <translation>其余 {n} 家</translation>
    </message>
    <message>
        <source>Times today, arrival to signature</source>
        <translation>今日用时（到达至签名）</translation>
    </message>
    <message>
        <source>nothing signed yet</source>
        <translation>今日尚无签发</translation>
    </message>
    <message>
        <source>limit {t}</source>
        <translation>限 {t}</translation>
    </message>
    <message>
        <source>{n} s ago</source>
        <translation>{n} 秒前</translation>
    </message>
    <message>
        <source>{n} min ago</source>
        <translation>{n} 分前</translation>
    </message>
    <message>
        <source>{n} h ago</source>
        <translation>{n} 时前</translation>
    </message>
    <message>
        <source>{n} d ago</source>
        <translation>{n} 天前</translation>
    </message>
    <message>
        <source>median</source>
        <translation>中位</translation>
    </message>
    <message>
        <source>Reading the figures …</source>
        <translation>正在读取数据…</translation>
    </message>
    <message>
        <source>Balance is off by {n} studies: arrived and kept do not agree. Call an engineer.</source>
        <translation>检查数不平：到达与在册相差 {n}，请立即通知工程师。</translation>
    </message>
    <message>
        <source>stations</source>
        <translation>在用席位</translation>
    </message>
    <message>
        <source>readers at work</source>
        <translation>在岗医师</translation>
    </message>
    <message>
        <source>deliveries failed</source>
        <translation>回传失败</translation>
    </message>
    <message>
        <source>balance</source>
        <translation>检查平衡</translation>
    </message>
    <message>
        <source>figures of {time} · {n} s ago</source>
        <translation>数据时间 {time} · {n} 秒前</translation>
    </message>
    <message>
        <source>No figures yet.</source>
        <translation>尚无数据。</translation>
    </message>
    <message>
        <source>Figures are stale: of {time}, {age} ago.</source>
        <translation>数据已过时：停在 {time}，已 {age}。</translation>
    </message>
    <message>
        <source>The database does not answer.</source>
        <translation>数据库没有应答。</translation>
    </message>
</context>
<context>
    <name>WallView</name>
    <message>
        <source>{hospital} · remote reading</source>
        <translation>{hospital} · 远程阅图</translation>
    </message>
</context>
</TS>
