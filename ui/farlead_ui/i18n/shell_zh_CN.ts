<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="zh_CN">
<context>
    <name>About</name>
    <message>
        <source>Reading station for remote ECG and imaging</source>
        <translation>远程心电与影像阅图工作站</translation>
    </message>
    <message>
        <source>Apache-2.0. Screening suggests; the physician decides.</source>
        <translation>Apache-2.0 许可。初筛只作提示，诊断由医师作出。</translation>
    </message>
</context>
<context>
    <name>CommandPalette</name>
    <message>
        <source>Chinese, pinyin initials or English</source>
        <translation>汉字、拼音首字母或英文</translation>
    </message>
</context>
<context>
    <name>FailedPage</name>
    <message>
        <source>The study cannot be shown</source>
        <translation>检查无法显示</translation>
    </message>
    <message>
        <source>The study holds no recording and no image.</source>
        <translation>该检查中既无波形也无影像。</translation>
    </message>
    <message>
        <source>To avoid a wrong reading nothing is drawn. The original file is unchanged.</source>
        <translation>为避免看错图，没有画出任何内容。原始文件完整保存，未作改动。</translation>
    </message>
    <message>
        <source>File</source>
        <translation>文件</translation>
    </message>
    <message>
        <source>Size</source>
        <translation>大小</translation>
    </message>
    <message>
        <source>{n:,} bytes</source>
        <translation>{n:,} 字节</translation>
    </message>
    <message>
        <source>From</source>
        <translation>来自</translation>
    </message>
    <message>
        <source>Arrived</source>
        <translation>到达</translation>
    </message>
    <message>
        <source>Number</source>
        <translation>编号</translation>
    </message>
    <message>
        <source>What you can do</source>
        <translation>可以这样做</translation>
    </message>
    <message>
        <source>Ask the unit to send again</source>
        <translation>请单位重发</translation>
    </message>
    <message>
        <source>Give back</source>
        <translation>退回待阅</translation>
    </message>
    <message>
        <source>Next</source>
        <translation>下一份</translation>
    </message>
</context>
<context>
    <name>HeadLine</name>
    <message>
        <source>its report, to the unit</source>
        <translation>报告回传</translation>
    </message>
    <message>
        <source>Being opened …</source>
        <translation>正在打开…</translation>
    </message>
    <message>
        <source>No study is open</source>
        <translation>未打开检查</translation>
    </message>
    <message>
        <source>Name not given</source>
        <translation>姓名未提供</translation>
    </message>
    <message>
        <source>Clinical question not given</source>
        <translation>临床问题未提供</translation>
    </message>
    <message>
        <source>sex, age not given</source>
        <translation>性别、年龄未提供</translation>
    </message>
    <message>
        <source>recorded {t}</source>
        <translation>采集 {t}</translation>
    </message>
    <message>
        <source>recording time not given</source>
        <translation>采集时间未提供</translation>
    </message>
    <message>
        <source>arrived {t}</source>
        <translation>到达 {t}</translation>
    </message>
    <message>
        <source>patient no. {n}</source>
        <translation>患者编号 {n}</translation>
    </message>
    <message>
        <source>File {n} of {all}  Alt+→</source>
        <translation>文件 {n} / {all}  Alt+→</translation>
    </message>
    <message>
        <source>Device gain {g:g} mm/mV</source>
        <translation>设备增益 {g:g} mm/mV</translation>
    </message>
    <message>
        <source>Screen gain {g}</source>
        <translation>屏显增益 {g}</translation>
    </message>
    <message>
        <source>Screen {v:g} mm/s</source>
        <translation>屏显 {v:g} mm/s</translation>
    </message>
    <message>
        <source>For viewing, not for diagnosis</source>
        <translation>浏览用，非诊断显示</translation>
    </message>
    <message>
        <source>late</source>
        <translation>超时</translation>
    </message>
    <message>
        <source>left</source>
        <translation>出报告 剩</translation>
    </message>
    <message>
        <source>of {t}</source>
        <translation>限 {t}</translation>
    </message>
    <message>
        <source>Screen filter {f}</source>
        <translation>屏显滤波 {f}</translation>
    </message>
</context>
<context>
    <name>KeySheet</name>
    <message>
        <source>Measuring</source>
        <translation>测量</translation>
    </message>
    <message>
        <source>Keys</source>
        <translation>键表</translation>
    </message>
    <message>
        <source>Single letters work while the sheet has the keyboard</source>
        <translation>单字母键只在看图时有效；输入时先按 Esc</translation>
    </message>
    <message>
        <source>Study</source>
        <translation>检查</translation>
    </message>
    <message>
        <source>Sheet and images</source>
        <translation>看图</translation>
    </message>
    <message>
        <source>Report and seat</source>
        <translation>报告与席位</translation>
    </message>
    <message>
        <source>change keys</source>
        <translation>更改按键</translation>
    </message>
    <message>
        <source>{group}, continued</source>
        <translation>{group}（续）</translation>
    </message>
</context>
<context>
    <name>MeasurementTable</name>
    <message>
        <source>All measurements</source>
        <translation>全部测量值</translation>
    </message>
</context>
<context>
    <name>LockScreen</name>
    <message>
        <source>Log in</source>
        <translation>登录</translation>
    </message>
    <message>
        <source>account {login}</source>
        <translation>账号 {login}</translation>
    </message>
    <message>
        <source>Log in  Enter</source>
        <translation>登录  Enter</translation>
    </message>
    <message>
        <source>Locked</source>
        <translation>已锁定</translation>
    </message>
    <message>
        <source>since {t}</source>
        <translation>{t} 起</translation>
    </message>
    <message>
        <source>PIN of your certificate</source>
        <translation>证书口令</translation>
    </message>
    <message>
        <source>Unlock  Enter</source>
        <translation>解锁  Enter</translation>
    </message>
    <message>
        <source>draft saved, study back in the list</source>
        <translation>草稿保存，检查自动退回待阅</translation>
    </message>
    <message>
        <source>nothing</source>
        <translation>无</translation>
    </message>
    <message>
        <source>1 study, kept until {t}</source>
        <translation>1 份，保留到 {t}</translation>
    </message>
    <message>
        <source>1 study, back in the list</source>
        <translation>1 份，已退回待阅</translation>
    </message>
    <message>
        <source>▲ {n} unclaimed</source>
        <translation>▲ {n} 份待领取</translation>
    </message>
    <message>
        <source>none</source>
        <translation>无</translation>
    </message>
    <message>
        <source>In hand</source>
        <translation>在手</translation>
    </message>
    <message>
        <source>Afterwards</source>
        <translation>之后</translation>
    </message>
    <message>
        <source>Critical</source>
        <translation>新到危急</translation>
    </message>
</context>
<context>
    <name>Keyboard</name>
    <message>
        <source>caliper · Esc back to the sheet</source>
        <translation>卡尺 · Esc 回到图上</translation>
    </message>
    <message>
        <source>marks · Esc back to the sheet</source>
        <translation>移动标记 · Esc 回到图上</translation>
    </message>
    <message>
        <source>statement</source>
        <translation>输入诊断语句</translation>
    </message>
    <message>
        <source>sheet</source>
        <translation>看图</translation>
    </message>
    <message>
        <source>list</source>
        <translation>选列表</translation>
    </message>
    <message>
        <source>report</source>
        <translation>写报告</translation>
    </message>
    <message>
        <source>window</source>
        <translation>窗口</translation>
    </message>
    <message>
        <source>comparison</source>
        <translation>看对比</translation>
    </message>
</context>
<context>
    <name>StatusLine</name>
    <message>
        <source>interrupted {number}  {key}</source>
        <translation>被中断 {number}  {key}</translation>
    </message>
    <message>
        <source>units live {n} / {all}</source>
        <translation>成员单位 {n} / {all} 在线</translation>
    </message>
    <message>
        <source>keyboard</source>
        <translation>键盘</translation>
    </message>
    <message>
        <source>commands</source>
        <translation>命令</translation>
    </message>
    <message>
        <source>keys</source>
        <translation>键表</translation>
    </message>
    <message>
        <source>Day or night</source>
        <translation>日间／夜间</translation>
    </message>
    <message>
        <source>Lock</source>
        <translation>锁定</translation>
    </message>
    <message>
        <source>to deliver {n}</source>
        <translation>待发送 {n}</translation>
    </message>
    <message>
        <source>sent, unconfirmed {n}</source>
        <translation>已发送待确认 {n}</translation>
    </message>
    <message>
        <source>parked {n}</source>
        <translation>待人工 {n}</translation>
    </message>
</context>
<context>
    <name>commands</name>
    <message>
        <source>Leg by a sample</source>
        <translation>卡脚移一样点</translation>
    </message>
    <message>
        <source>Leg by ten samples</source>
        <translation>卡脚移十样点</translation>
    </message>
    <message>
        <source>Leg to a mark</source>
        <translation>卡脚到标记</translation>
    </message>
    <message>
        <source>Voltage by 0.01 mV</source>
        <translation>电压移 0.01 mV</translation>
    </message>
    <message>
        <source>Voltage by 0.1 mV</source>
        <translation>电压移 0.1 mV</translation>
    </message>
    <message>
        <source>Caliper</source>
        <translation>卡尺</translation>
    </message>
    <message>
        <source>Voltage caliper</source>
        <translation>电压卡尺</translation>
    </message>
    <message>
        <source>QTc by tangent</source>
        <translation>切线法 QTc</translation>
    </message>
    <message>
        <source>March out</source>
        <translation>等距标线</translation>
    </message>
    <message>
        <source>RR ladder</source>
        <translation>RR 梯图</translation>
    </message>
    <message>
        <source>Move the marks of P, QRS and T</source>
        <translation>移动 P、QRS、T 标记</translation>
    </message>
    <message>
        <source>Value into the report</source>
        <translation>量值写入报告</translation>
    </message>
    <message>
        <source>Leg right by a sample</source>
        <translation>卡脚右移一样点</translation>
    </message>
    <message>
        <source>Leg left by a sample</source>
        <translation>卡脚左移一样点</translation>
    </message>
    <message>
        <source>Leg right by ten</source>
        <translation>卡脚右移十样点</translation>
    </message>
    <message>
        <source>Leg left by ten</source>
        <translation>卡脚左移十样点</translation>
    </message>
    <message>
        <source>Leg to the next mark</source>
        <translation>卡脚到下一标记</translation>
    </message>
    <message>
        <source>Leg to the mark before</source>
        <translation>卡脚到上一标记</translation>
    </message>
    <message>
        <source>Voltage up by 0.01 mV</source>
        <translation>电压上移 0.01 mV</translation>
    </message>
    <message>
        <source>Voltage down by 0.01 mV</source>
        <translation>电压下移 0.01 mV</translation>
    </message>
    <message>
        <source>Voltage up by 0.1 mV</source>
        <translation>电压上移 0.1 mV</translation>
    </message>
    <message>
        <source>Voltage down by 0.1 mV</source>
        <translation>电压下移 0.1 mV</translation>
    </message>
    <message>
        <source>Other leg, both, next mark</source>
        <translation>换脚、整体、下一标记</translation>
    </message>
    <message>
        <source>Next caliper</source>
        <translation>下一把卡尺</translation>
    </message>
    <message>
        <source>All leads, or one</source>
        <translation>换导联：全部或单导</translation>
    </message>
    <message>
        <source>The lead before</source>
        <translation>上一导联</translation>
    </message>
    <message>
        <source>Keyboard to the caliper</source>
        <translation>键盘到卡尺</translation>
    </message>
    <message>
        <source>Undo the move of a mark</source>
        <translation>撤销移动标记</translation>
    </message>
    <message>
        <source>Caliper away; marks as they were found</source>
        <translation>删除卡尺；标记复原</translation>
    </message>
    <message>
        <source>All calipers away</source>
        <translation>全部卡尺删除</translation>
    </message>
    <message>
        <source>True scale of this screen</source>
        <translation>本屏真实比例校准</translation>
    </message>
    <message>
        <source>Standard paper speed, 25 mm/s</source>
        <translation>标准走纸 25 mm/s</translation>
    </message>
    <message>
        <source>Automatic gain</source>
        <translation>自动增益</translation>
    </message>
    <message>
        <source>Chest leads: gain up</source>
        <translation>胸导增益加大</translation>
    </message>
    <message>
        <source>Chest leads: gain down</source>
        <translation>胸导增益减小</translation>
    </message>
    <message>
        <source>All measurements</source>
        <translation>全部测量值</translation>
    </message>
    <message>
        <source>Confirm the person</source>
        <translation>确认患者身份</translation>
    </message>
    <message>
        <source>Take and open</source>
        <translation>领取并打开</translation>
    </message>
    <message>
        <source>Accept the suggestion</source>
        <translation>采纳所选建议</translation>
    </message>
    <message>
        <source>Open the selected study</source>
        <translation>打开所选检查</translation>
    </message>
    <message>
        <source>Next study</source>
        <translation>下一份</translation>
    </message>
    <message>
        <source>Previous study</source>
        <translation>上一份</translation>
    </message>
    <message>
        <source>Give back without reading</source>
        <translation>退回待阅</translation>
    </message>
    <message>
        <source>Take over from its reader</source>
        <translation>接管他人在阅</translation>
    </message>
    <message>
        <source>Ask for a retake</source>
        <translation>请重采</translation>
    </message>
    <message>
        <source>Call the retake back</source>
        <translation>撤回重采</translation>
    </message>
    <message>
        <source>Keyboard to the list</source>
        <translation>列表</translation>
    </message>
    <message>
        <source>Select the row above</source>
        <translation>上选一行</translation>
    </message>
    <message>
        <source>Select the row below</source>
        <translation>下选一行</translation>
    </message>
    <message>
        <source>Fold the list</source>
        <translation>收放列表</translation>
    </message>
    <message>
        <source>Fold the report</source>
        <translation>收放报告</translation>
    </message>
    <message>
        <source>Layout {name}</source>
        <translation>布局 {name}</translation>
    </message>
    <message>
        <source>Layout</source>
        <translation>布局</translation>
    </message>
    <message>
        <source>Window preset {name}</source>
        <translation>窗位预设 {name}</translation>
    </message>
    <message>
        <source>Window preset</source>
        <translation>窗位预设</translation>
    </message>
    <message>
        <source>Gain up</source>
        <translation>增益加大</translation>
    </message>
    <message>
        <source>Gain down</source>
        <translation>增益减小</translation>
    </message>
    <message>
        <source>Standard gain, 10 mm/mV</source>
        <translation>标准增益 10 mm/mV</translation>
    </message>
    <message>
        <source>Slower paper</source>
        <translation>走纸减慢</translation>
    </message>
    <message>
        <source>Faster paper</source>
        <translation>走纸加快</translation>
    </message>
    <message>
        <source>Show the evidence</source>
        <translation>显示依据</translation>
    </message>
    <message>
        <source>Page on</source>
        <translation>下一页</translation>
    </message>
    <message>
        <source>Page back</source>
        <translation>上一页</translation>
    </message>
    <message>
        <source>Next file of the study</source>
        <translation>下一个文件</translation>
    </message>
    <message>
        <source>Previous file of the study</source>
        <translation>上一个文件</translation>
    </message>
    <message>
        <source>Next slice or frame</source>
        <translation>下一张</translation>
    </message>
    <message>
        <source>Previous slice or frame</source>
        <translation>上一张</translation>
    </message>
    <message>
        <source>Next series</source>
        <translation>下一序列</translation>
    </message>
    <message>
        <source>Previous series</source>
        <translation>上一序列</translation>
    </message>
    <message>
        <source>Play or stop</source>
        <translation>播放／停止</translation>
    </message>
    <message>
        <source>Zoom in</source>
        <translation>放大</translation>
    </message>
    <message>
        <source>Zoom out</source>
        <translation>缩小</translation>
    </message>
    <message>
        <source>Fit the image</source>
        <translation>适合窗口</translation>
    </message>
    <message>
        <source>Invert the grey scale</source>
        <translation>反相</translation>
    </message>
    <message>
        <source>Reject the suggestion</source>
        <translation>不采纳所选建议</translation>
    </message>
    <message>
        <source>Accept all suggestions</source>
        <translation>全部采纳</translation>
    </message>
    <message>
        <source>Next suggestion</source>
        <translation>下一条建议</translation>
    </message>
    <message>
        <source>Previous suggestion</source>
        <translation>上一条建议</translation>
    </message>
    <message>
        <source>Type a statement</source>
        <translation>键入诊断</translation>
    </message>
    <message>
        <source>Keep as draft, next study</source>
        <translation>存草稿，下一份</translation>
    </message>
    <message>
        <source>Sign, next study</source>
        <translation>签名，下一份</translation>
    </message>
    <message>
        <source>Back to the sheet</source>
        <translation>回到图</translation>
    </message>
    <message>
        <source>All commands</source>
        <translation>全部命令</translation>
    </message>
    <message>
        <source>Key sheet</source>
        <translation>键表</translation>
    </message>
    <message>
        <source>Lock now</source>
        <translation>立即锁定</translation>
    </message>
    <message>
        <source>Day or night</source>
        <translation>日间／夜间</translation>
    </message>
    <message>
        <source>中文 / English</source>
        <translation>中文 / English</translation>
    </message>
    <message>
        <source>Full screen</source>
        <translation>全屏</translation>
    </message>
    <message>
        <source>Connections: units, archives, peers</source>
        <translation>连接：单位、档案、对端系统</translation>
    </message>
    <message>
        <source>About Farlead</source>
        <translation>关于 Farlead</translation>
    </message>
    <message>
        <source>Filter on or off; held: the original</source>
        <translation>滤波开关（按住看原始）</translation>
    </message>
    <message>
        <source>Stronger filter</source>
        <translation>滤波加强</translation>
    </message>
    <message>
        <source>Weaker filter</source>
        <translation>滤波减弱</translation>
    </message>
    <message>
        <source>Mains filter on or off</source>
        <translation>工频滤波开关</translation>
    </message>
    <message>
        <source>Original, no filter</source>
        <translation>原始波形，不滤波</translation>
    </message>
    <message>
        <source>Next rhythm lead</source>
        <translation>下一节律导联</translation>
    </message>
    <message>
        <source>Previous rhythm lead</source>
        <translation>上一节律导联</translation>
    </message>
    <message>
        <source>Median beats</source>
        <translation>中位心搏</translation>
    </message>
    <message>
        <source>Leads on one baseline</source>
        <translation>导联叠加</translation>
    </message>
    <message>
        <source>Vector loop, frontal plane</source>
        <translation>向量环（额面）</translation>
    </message>
    <message>
        <source>Move on by five squares</source>
        <translation>后移五大格</translation>
    </message>
    <message>
        <source>Move back by five squares</source>
        <translation>前移五大格</translation>
    </message>
    <message>
        <source>Next beat</source>
        <translation>下一搏</translation>
    </message>
    <message>
        <source>Previous beat</source>
        <translation>上一搏</translation>
    </message>
    <message>
        <source>Start of the recording</source>
        <translation>记录开始</translation>
    </message>
    <message>
        <source>End of the recording</source>
        <translation>记录结束</translation>
    </message>
    <message>
        <source>Zoom in: faster paper, higher gain</source>
        <translation>放大比例：走纸加快、增益加大</translation>
    </message>
    <message>
        <source>Zoom out: slower paper, lower gain</source>
        <translation>缩小比例：走纸减慢、增益减小</translation>
    </message>
    <message>
        <source>Whole recording, and back to standard</source>
        <translation>全程记录，再按恢复标准</translation>
    </message>
    <message>
        <source>Magnifier</source>
        <translation>放大镜</translation>
    </message>
    <message>
        <source>Begin with this layout</source>
        <translation>以此布局开始</translation>
    </message>
    <message>
        <source>List: window of its own, or back</source>
        <translation>列表：独立窗口 / 收回</translation>
    </message>
    <message>
        <source>Comparison: window of its own, or back</source>
        <translation>对比：独立窗口 / 收回</translation>
    </message>
    <message>
        <source>Report: window of its own, or back</source>
        <translation>报告：独立窗口 / 收回</translation>
    </message>
    <message>
        <source>This window to the next screen</source>
        <translation>本窗口移到下一显示器</translation>
    </message>
    <message>
        <source>Change keys</source>
        <translation>更改按键</translation>
    </message>
    <message>
        <source>Paper: pink, green, white</source>
        <translation>图纸颜色：粉 / 绿 / 白</translation>
    </message>
    <message>
        <source>Gain</source>
        <translation>增益</translation>
    </message>
    <message>
        <source>Chest leads: gain</source>
        <translation>胸导增益</translation>
    </message>
    <message>
        <source>Paper speed</source>
        <translation>走纸速度</translation>
    </message>
    <message>
        <source>Filter stronger, weaker</source>
        <translation>滤波加强、减弱</translation>
    </message>
    <message>
        <source>Page on, back</source>
        <translation>下一页、上一页</translation>
    </message>
    <message>
        <source>File of the study</source>
        <translation>检查的文件</translation>
    </message>
    <message>
        <source>Slice or frame</source>
        <translation>层面或帧</translation>
    </message>
    <message>
        <source>Series</source>
        <translation>序列</translation>
    </message>
    <message>
        <source>Zoom of the image</source>
        <translation>影像缩放</translation>
    </message>
    <message>
        <source>Suggestion below, above</source>
        <translation>下一条、上一条建议</translation>
    </message>
    <message>
        <source>Row above, below</source>
        <translation>上一行、下一行</translation>
    </message>
    <message>
        <source>Study: next, previous</source>
        <translation>下一份、上一份</translation>
    </message>
    <message>
        <source>Move by five squares</source>
        <translation>移动五大格</translation>
    </message>
    <message>
        <source>Move by a beat</source>
        <translation>移动一搏</translation>
    </message>
    <message>
        <source>Start, end of the recording</source>
        <translation>记录开始、结束</translation>
    </message>
    <message>
        <source>Zoom</source>
        <translation>缩放</translation>
    </message>
    <message>
        <source>Rhythm lead</source>
        <translation>节律导联</translation>
    </message>
    <message>
        <source>Earlier, later ECG</source>
        <translation>较早、较晚的心电图</translation>
    </message>
    <message>
        <source>Fold list, report</source>
        <translation>收放列表、报告</translation>
    </message>
</context>
<context>
    <name>words</name>
    <message>
        <source>name not given</source>
        <translation>姓名未提供</translation>
    </message>
    <message>
        <source>file lost or altered in the archive</source>
        <translation>档案中的原始文件缺失或被改动</translation>
    </message>
    <message>
        <source>identity in doubt</source>
        <translation>身份信息有矛盾</translation>
    </message>
    <message>
        <source>identity by the request alone</source>
        <translation>身份仅凭申请单</translation>
    </message>
    <message>
        <source>file and request not compared</source>
        <translation>文件与申请无从核对</translation>
    </message>
    <message>
        <source>names in different scripts: check</source>
        <translation>姓名文字不同，请核对</translation>
    </message>
    <message>
        <source>request not in the file's text: check</source>
        <translation>申请与文件文字不符，请核对</translation>
    </message>
    <message>
        <source>identity number does not fit: check</source>
        <translation>身份证号不符，请核对</translation>
    </message>
    <message>
        <source>possibly same patient</source>
        <translation>可能同一患者</translation>
    </message>
    <message>
        <source>ECG</source>
        <translation>心电</translation>
    </message>
    <message>
        <source>Ultrasound</source>
        <translation>超声</translation>
    </message>
    <message>
        <source>CT</source>
        <translation>CT</translation>
    </message>
    <message>
        <source>MR</source>
        <translation>MR</translation>
    </message>
    <message>
        <source>DR</source>
        <translation>DR</translation>
    </message>
    <message>
        <source>Fundus</source>
        <translation>眼底</translation>
    </message>
    <message>
        <source>Images</source>
        <translation>影像</translation>
    </message>
    <message>
        <source>File</source>
        <translation>文件</translation>
    </message>
    <message>
        <source>M</source>
        <translation>男</translation>
    </message>
    <message>
        <source>F</source>
        <translation>女</translation>
    </message>
    <message>
        <source>other sex</source>
        <translation>其他性别</translation>
    </message>
    <message>
        <source>sex not given</source>
        <translation>性别未提供</translation>
    </message>
    <message>
        <source>age not given</source>
        <translation>年龄未提供</translation>
    </message>
    <message>
        <source>{n} d</source>
        <translation>{n} 天</translation>
    </message>
    <message>
        <source>{n} mo</source>
        <translation>{n} 个月</translation>
    </message>
    <message>
        <source>{n} y</source>
        <translation>{n} 岁</translation>
    </message>
    <message>
        <source>sex, age not given</source>
        <translation>性别、年龄未提供</translation>
    </message>
    <message>
        <source>not given</source>
        <translation>未提供</translation>
    </message>
    <message>
        <source>late {t}</source>
        <translation>超 {t}</translation>
    </message>
    <message>
        <source>{h} h {m:02d}</source>
        <translation>{h} 时 {m:02d}</translation>
    </message>
    <message>
        <source>{h} h</source>
        <translation>{h} 时</translation>
    </message>
    <message>
        <source>{d} d</source>
        <translation>{d} 天</translation>
    </message>
    <message>
        <source>never seen</source>
        <translation>未曾连接</translation>
    </message>
    <message>
        <source>{t} ago</source>
        <translation>{t} 前</translation>
    </message>
    <message>
        <source>File cannot be read</source>
        <translation>文件无法读取</translation>
    </message>
    <message>
        <source>Not screened: look first</source>
        <translation>未能初筛，请先看</translation>
    </message>
    <message>
        <source>Being screened</source>
        <translation>正在初筛</translation>
    </message>
    <message>
        <source>Screened: nothing found</source>
        <translation>初筛未见异常</translation>
    </message>
    <message>
        <source>{kind}, not screened</source>
        <translation>{kind}，无初筛</translation>
    </message>
    <message>
        <source>signal fit</source>
        <translation>信号合格</translation>
    </message>
    <message>
        <source>signal fit with remark</source>
        <translation>信号基本合格</translation>
    </message>
    <message>
        <source>signal unfit</source>
        <translation>信号不合格</translation>
    </message>
</context>
<context>
    <name>Calibration</name>
    <message>
        <source>True scale of this screen</source>
        <translation>本屏真实比例校准</translation>
    </message>
    <message>
        <source>Lay a bank card on the left edge of the frame, or a ruler on the line (Tab). Move the right edge until it fits: arrow keys by a pixel, with Shift by ten, mouse or wheel.</source>
        <translation>把银行卡靠齐方框左边，或按 Tab 把直尺放在线上。移动右边直到吻合：方向键一像素，加 Shift 十像素，也可用鼠标拖动或滚轮。</translation>
    </message>
    <message>
        <source>Keep</source>
        <translation>保存</translation>
    </message>
    <message>
        <source>Not calibrated</source>
        <translation>设为未校准</translation>
    </message>
    <message>
        <source>5 mm is no whole number of pixels: lines are snapped</source>
        <translation>5 mm 不是整数像素，格线就近取整</translation>
    </message>
    <message>
        <source>5 mm = {n} px, error {error} %</source>
        <translation>5 mm = {n} px，误差 {error} %</translation>
    </message>
</context>
<context>
    <name>Rooms</name>
    <message>
        <source>List</source>
        <translation>列表</translation>
    </message>
    <message>
        <source>Comparison</source>
        <translation>对比</translation>
    </message>
    <message>
        <source>Report</source>
        <translation>报告</translation>
    </message>
</context>
<context>
    <name>KeyChanger</name>
    <message>
        <source>Change keys</source>
        <translation>更改按键</translation>
    </message>
    <message>
        <source>Which command?</source>
        <translation>哪个命令？</translation>
    </message>
    <message>
        <source>Default</source>
        <translation>默认</translation>
    </message>
    <message>
        <source>own key</source>
        <translation>自定义</translation>
    </message>
    <message>
        <source>Press the new key of “{name}”; Esc leaves it.</source>
        <translation>请按“{name}”的新键；Esc 不改。</translation>
    </message>
    <message>
        <source>Enter chooses the command; then press its new key.</source>
        <translation>Enter 选定命令，然后按新键。</translation>
    </message>
    <message>
        <source>“{name}” has the key {keys} now.</source>
        <translation>“{name}”的键现为 {keys}。</translation>
    </message>
</context>
<context>
    <name>ContextMenu</name>
    <message>
        <source>Layout</source>
        <translation>版式</translation>
    </message>
    <message>
        <source>Show</source>
        <translation>显示</translation>
    </message>
    <message>
        <source>Measure</source>
        <translation>测量</translation>
    </message>
    <message>
        <source>Sheet</source>
        <translation>图</translation>
    </message>
    <message>
        <source>Report</source>
        <translation>报告</translation>
    </message>
    <message>
        <source>Study</source>
        <translation>检查</translation>
    </message>
    <message>
        <source>Seat</source>
        <translation>席位</translation>
    </message>
</context>
</TS>
