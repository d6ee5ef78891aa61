# 代码的文字
callback-state-planned = 计划中
callback-state-ready = 可拨打
callback-state-assigned = 已分派
callback-state-in_progress = 通话中
callback-state-retry_wait = 待再拨
callback-state-contact_fix = 号码待核实
callback-state-branch_second = 机构二次回访
callback-state-letter_out = 信函已寄
callback-state-visit_planned = 待上门
callback-state-problem_open = 问题件处理中
callback-state-recall_due = 待二次回访
callback-state-completed = 已完成
callback-state-not_completed = 未完成
callback-state-cancelled = 已取消

callback-view-due = 今天与超期
callback-view-open = 全部未完成
callback-view-mine = 我的名单
callback-view-unassigned = 待分派
callback-view-overdue = 已超期
callback-view-week = 七天内到期
callback-view-problem = 问题件
callback-view-branch = 机构处理
callback-view-no_date = 未收到回执
callback-view-closed = 已结束

attempt-result-no_answer = 无人接听
attempt-result-busy = 忙线、关机
attempt-result-wrong_number = 空号、错号
attempt-result-not_in_person = 非本人接听
attempt-result-proxy_offered = 他人代答
attempt-result-dialect = 语言不通
attempt-result-hearing_difficulty = 听力不便
attempt-result-refused_now = 客户现在不便
attempt-result-refused_finally = 客户拒绝回访
attempt-result-appointment = 预约再打
attempt-result-interrupted = 通话中断
attempt-result-finished = 完成问答
attempt-result-cancelled = 已取消

callback-step-start_attempt = 开始拨打
callback-step-start_together = 同一通话接着回访
callback-step-assign = 分派
callback-step-unassign = 收回
callback-step-send_letter = 寄出信函
callback-step-letter_affirmed = 信函签回：无异议
callback-step-letter_negative = 信函签回：有异议
callback-step-letter_failed = 信函无回音
callback-step-plan_visit = 安排上门
callback-step-visit_affirmed = 上门：无异议
callback-step-visit_negative = 上门：有异议
callback-step-cannot_correct = 号码无法更正
callback-step-give_up = 终止回访
callback-step-cancel = 取消
callback-step-no_answer = 无人接听
callback-step-busy = 忙线、关机
callback-step-wrong_number = 空号、错号
callback-step-not_in_person = 非本人接听
callback-step-proxy_offered = 他人代答
callback-step-dialect = 语言不通
callback-step-hearing_difficulty = 听力不便
callback-step-refused_now = 客户现在不便
callback-step-refused_finally = 客户拒绝回访
callback-step-appointment = 预约再打
callback-step-interrupted = 通话中断
callback-step-finished = 完成问答
callback-step-ticket_resolved = 问题件已解决
callback-step-contact_corrected = 号码已更正
callback-step-judge_valid = 反馈核实有效
callback-step-correct_contact = 号码已更正
callback-step-contact_uncorrectable = 号码无法更正
callback-step-close = 问题件已关闭
callback-step-payout_remark = 登记备注
callback-step-payout_recall = 保全岗追踪：再访
callback-step-payout_closed = 保全岗追踪：不再访
callback-step-payout_aftercare = 需要善后，列入跟踪件
callback-step-payout_no_aftercare = 无须善后，二次回访确认

decision-send_letter = 寄发回访信函
decision-letter_affirmed = 登记信函签回：无异议
decision-letter_negative = 登记信函签回：有异议
decision-letter_failed = 信函无回音
decision-plan_visit = 安排上门回访
decision-visit_affirmed = 登记上门：无异议
decision-visit_negative = 登记上门：有异议
decision-cannot_correct = 号码无法更正
decision-give_up = 终止回访（客观原因）
decision-cancel = 取消回访

contact-channel-phone = 电话
contact-channel-letter = 信函
contact-channel-visit = 上门
contact-channel-sms = 短信
contact-channel-email = 电子邮件
contact-channel-wechat = 微信
contact-channel-qq = QQ
contact-channel-electronic = 电子化回访
contact-channel-gathering = 座谈会、满意度调查活动

cause-policyholder = 投保人原因
cause-other = 其他原因

timing-early = 提前
timing-in_time = 按时
timing-late = 超期

respondent-policyholder = 投保人
respondent-insured = 被保险人
respondent-beneficiary = 受益人
respondent-insurance_contact = 保险联系人
respondent-legal_representative = 法定代表人
respondent-actual_controller = 实际控制人
respondent-claim_reporter = 报案人
respondent-driver = 驾驶员
respondent-accident_party = 事故当事人
respondent-authorized_proxy = 受托人
respondent-customer = 客户本人
respondent-contact_person = 联系人
respondent-complainant = 投诉人

answer-affirm = 清楚，是
answer-unclear = 不清楚
answer-negative = 否，有异议
answer-question = 有疑问
answer-given = 已回答
answer-skipped = 未问

rating-1 = 很不满意
rating-2 = 不满意
rating-3 = 一般
rating-4 = 满意
rating-5 = 很满意

case-kind-problem = 问题件
case-kind-verification = 核实件
case-kind-failed = 回访不成功件
case-kind-contract_quality = 品质件
case-kind-clarification = 解释件
case-kind-letter = 信函件

problem-type-rights_unclear = 对保险权益不清楚
problem-type-contract_quality = 投保品质问题
problem-type-document_unsigned = 单证未签收
problem-type-proxy_signature = 代签名
problem-type-mis_selling_premium_term = 误导：交费期间
problem-type-mis_selling_coverage_period = 误导：保险期间
problem-type-mis_selling_benefits = 误导：保险利益
problem-type-mis_selling_surrender = 误导：退保损失
problem-type-wrong_phone = 电话错误
problem-type-wrong_address = 地址错误
problem-type-false_customer_information = 客户信息不实
problem-type-terms_not_supplied = 未提供条款
problem-type-unanswerable_question = 疑问待解答
problem-type-payout_not_confirmed = 给付未确认
problem-type-payout_follow_up = 给付需跟进
problem-type-service_dissatisfaction = 对服务不满意
problem-type-suspected_false_visit = 疑似虚假回访
problem-type-complaint = 投诉
problem-type-not_reached = 联系不上
problem-type-other = 其他

ticket-state-open = 待下发
ticket-state-issued = 已下发
ticket-state-in_progress = 处理中
ticket-state-extended = 已申明延期
ticket-state-feedback_given = 待核实反馈
ticket-state-invalid_feedback = 反馈无效
ticket-state-verified = 已核实
ticket-state-closed = 已关闭
ticket-state-transferred = 已转派
ticket-state-contact_being_checked = 核实联系方式
ticket-state-corrected = 已更正
ticket-state-branch_assigned = 分公司跟进
ticket-state-second_callback = 二次回访
ticket-state-letter_out = 已发函
ticket-state-visit_planned = 安排上门

evidence-kind-recording = 录音
evidence-kind-signed_visit_questionnaire = 签字回访问卷
evidence-kind-document = 单证影像

obligation-status-open = 待履行
obligation-status-discharged = 已履行
obligation-status-not_discharged = 未履行
obligation-status-cancelled = 已取消

policy-status-in_force = 有效
policy-status-grace = 宽限期
policy-status-lapsed = 失效
policy-status-surrendered = 退保
policy-status-cooling_off_cancelled = 犹豫期撤单
policy-status-expired = 满期
policy-status-terminated = 终止

premium-frequency-single = 趸交
premium-frequency-annual = 年交
premium-frequency-half_yearly = 半年交
premium-frequency-quarterly = 季交
premium-frequency-monthly = 月交

channel-individual_agent = 个人代理
channel-bancassurance = 银行保险
channel-bancassurance_realtime = 银保通
channel-telesales = 电话销售
channel-online = 互联网
channel-direct = 直销
channel-broker = 经纪

product-class-ordinary = 普通型
product-class-participating = 分红型
product-class-universal = 万能型
product-class-unit_linked = 投资连结型
product-class-long_term_health = 长期健康险
product-class-short_term_health = 短期健康险
product-class-accident = 意外险
product-class-annuity = 年金险
product-class-motor = 车险
product-class-property = 财产险
product-class-cargo = 货运险
product-class-liability = 责任险

line-life = 人寿险
line-health = 健康险
line-accident = 意外险
line-motor = 车险
line-commercial = 商险
line-personal = 个险

event-type-policy_issued = 出单
event-type-acknowledgement_signed = 签收回执
event-type-underwriting_completed = 承保
event-type-premium_due = 应交保费
event-type-grace_entered = 进入宽限期
event-type-lapsed = 保单失效
event-type-reinstated = 复效
event-type-surrendered = 退保
event-type-cooling_off_cancelled = 犹豫期撤单
event-type-service_payout = 保全给付
event-type-policy_changed = 保全变更
event-type-loss_reported = 报案
event-type-claim_registered = 立案
event-type-claim_settled = 结案
event-type-claim_paid = 赔付
event-type-policy_expired = 满期
event-type-sales_visit_ended = 销售拜访
event-type-service_completed = 服务办结
event-type-agent_left = 销售人员离职
event-type-enquiry_closed = 咨询办结
event-type-complaint_resolved = 投诉办结
event-type-planned_contact = 列入回访计划
event-type-first_purchase = 首次投保
event-type-callback_completed = 回访完成
event-type-every_month = 每月
event-type-every_quarter = 每季度
event-type-every_half_year = 每半年
event-type-every_year = 每年
event-type-anniversary = 周年

payout-method-cash = 现金
payout-method-bank_transfer = 转账

claim-outcome-paid = 已赔付
claim-outcome-refused = 拒赔
claim-outcome-zero_closed = 零结案

reporter-role-policyholder = 投保人

customer-kind-individual = 个人
customer-kind-group = 团体

sex-male = 男
sex-female = 女

id-type-resident_id = 居民身份证
id-type-passport = 护照
id-type-military_id = 军官证
id-type-hk_macau_permit = 港澳通行证
id-type-taiwan_permit = 台胞证
id-type-unified_social_credit = 统一社会信用代码
id-type-other = 其他

language-mandarin = 普通话
language-cantonese = 粤语
language-wu = 吴语
language-minnan = 闽南话
language-hakka = 客家话
language-sichuan = 四川话
language-xiang = 湘语
language-gan = 赣语
language-jin = 晋语
language-tibetan = 藏语
language-uyghur = 维吾尔语
language-mongolian = 蒙古语
language-english = 英语
language-other = 其他

relationship-stage-prospect = 意向
relationship-stage-in_negotiation = 洽谈中
relationship-stage-under_contract = 在约
relationship-stage-closed = 已成交
relationship-stage-lost = 流失

level-low = 低
level-medium = 中
level-high = 高

source-channel-sales = 销售
source-channel-service = 服务
source-channel-market_research = 市场调研
source-channel-partner = 合作方

contact-role-insurance_contact = 保险联系人
contact-role-legal_representative = 法定代表人
contact-role-actual_controller = 实际控制人
contact-role-other = 其他

org-level-head_office = 总公司
org-level-provincial_branch = 省级分公司
org-level-city_office = 地市机构
org-level-sub_branch = 支公司
org-level-outsourced_team = 外包团队

agent-kind-salesperson = 销售人员
agent-kind-bank_outlet = 银行网点
agent-kind-adjuster = 查勘定损员
agent-kind-repair_shop = 修理厂
agent-kind-agency = 代理机构

import-kind-orgs = 机构
import-kind-agents = 销售人员与合作方
import-kind-customers = 客户
import-kind-contacts = 团体联系人
import-kind-policies = 保单
import-kind-events = 事件

run-state-queued = 排队中
run-state-running = 运行中
run-state-finished = 已完成
run-state-failed = 失败

obligation-kind-callback = 回访
obligation-kind-message = 信息触达
obligation-kind-visit = 上门拜访

value-class-high = 高价值
value-class-medium = 中价值
value-class-low = 低价值
proxy-relation-spouse = 配偶
proxy-relation-child = 子女
proxy-relation-parent = 父母
proxy-relation-sibling = 兄弟姐妹
proxy-relation-other_family = 其他家人
proxy-reason-no_mandarin = 听不懂普通话
proxy-reason-hard_of_hearing = 听力不便
proxy-reason-other_special = 其他特殊原因（在备注中写明）
proxy-given-recorded = 投保人在通话中当场同意（有录音）
proxy-given-written = 书面授权
