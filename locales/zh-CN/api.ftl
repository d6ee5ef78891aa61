# 接口及其说明页
api-reference = 接口说明
api-operations = 接口一览
api-parameter = 参数
api-place = 位置
api-kind = 类型
api-meaning = 含义
api-required = 必填
api-body = 请求体：
api-shapes = 数据结构
api-field = 字段
api-problems = 错误类型

api-problem-unauthenticated = 未提供有效令牌
api-problem-forged = 缺少会话防伪令牌
api-problem-denied = 权限不足
api-problem-not-found = 查无此记录，或不在可见范围内
api-problem-method = 该地址不支持此请求方法
api-problem-conflict = 记录已被他人修改
api-problem-key-under-way = 同一幂等键的请求正在处理
api-problem-outdated = 记录已有更新的版本
api-problem-too-large = 请求体过大
api-problem-media-type = 请求体不是 JSON
api-problem-unreadable = 请求内容无法识别
api-problem-key-unusable = 幂等键不可用
api-problem-invalid = 部分字段不符合要求
api-problem-refused = 业务规则不允许
api-problem-key-of-another = 幂等键已用于另一请求
api-problem-version-missing = 缺少 If-Match
api-problem-too-many = 请求过于频繁
api-problem-unavailable = 系统繁忙

api-problem-hint-unauthenticated = 请在 Authorization: Bearer 中提供未撤销且未过期的令牌。
api-problem-hint-forged = 请在 X-CSRF-Token 中提供会话的防伪令牌。
api-problem-hint-method = Allow 标明了支持的请求方法。
api-problem-hint-key-under-way = 请待其完成后再次发送。
api-problem-hint-outdated = 请重新读取记录、重新确认后，将新的 ETag 放入 If-Match。
api-problem-hint-too-large = 请分批发送。
api-problem-hint-media-type = 请使用 Content-Type: application/json。
api-problem-hint-key-unusable = 幂等键应为 1 至 100 个字符；会话登录方式不支持幂等键。
api-problem-hint-key-of-another = 新的请求请使用新的幂等键。
api-problem-hint-version-missing = 请先读取记录，并将其 ETag 放入 If-Match。

problem-fixed = 此项不可更改
