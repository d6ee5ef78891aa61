# 通行密钥与统一身份认证
ways = 登录方式
account-tab-passkeys = 登录方式
ways-back = 返回用户
ways-remove-note = 设备遗失或人员交接时，请在这里移除；移除后此人会被登出
way-added-at = 添加时间
way-used-at = 最近使用
way-remove = 移除

passkeys = 通行密钥
passkeys-note = 用指纹、面容或设备密码登录，不必输入用户名和密码，也不会被钓鱼网站骗走
passkeys-empty = 还没有通行密钥
passkeys-empty-hint = 给这台设备起个名字，点“添加通行密钥”，按浏览器的提示完成即可。
passkeys-empty-admin = 通行密钥由本人登录后在“登录方式”页面添加。
passkey-sign-in = 使用通行密钥登录
passkey-add = 添加通行密钥
passkey-name = 设备名称
passkey-name-hint = 如：工位电脑、手机
passkey-unable = 需要支持通行密钥的浏览器，并启用 JavaScript
passkey-cancelled = 没有完成：操作被取消、已超时，或这台设备上没有可用的通行密钥。可以重试，或改用密码登录。
passkey-cancelled-new = 没有添加：操作被取消、已超时，或这台设备已经添加过。请确认您是从 { $address } 打开本系统的。
passkey-remove-confirm = 移除后，“{ $name }”不能再用来登录。确定移除？

identities = 统一身份认证
identities-note = 关联之后，可以用公司的统一身份登录本系统
identities-empty = 还没有关联统一身份
identities-empty-hint = 点上面的按钮，在统一身份认证页面登录一次，即可关联到当前账号。
identities-empty-admin = 可以由本人登录后自行关联，也可以在下面填写此人在统一身份认证系统中的标识。
identities-off = 尚未配置统一身份认证，请见运维手册“接入统一身份认证”。
identity-provider = 认证系统
identity-label = 身份
identity-subject = 身份标识（sub）
identity-subject-hint = 此人首次用统一身份登录时，页面会显示其身份标识，请照原样填写。
identity-link = 关联
identity-link-own = 关联{ $name }
identity-unlink = 解除关联

oidc-sign-in = 用{ $name }登录
oidc-failed = 没有登录成功
oidc-back = 返回

field-identity_subject = 身份标识
field-provider = 认证系统

refusal-oidc-state = 这次登录已经过期、已经用过，或不是从这个浏览器开始的。请返回后重新点击登录
refusal-oidc-refused = 统一身份认证系统没有放行（{ $detail }）。请重新登录；仍不行，请联系该系统的管理员
refusal-oidc-token = 统一身份认证系统给出的凭据没有通过校验，为安全起见不能登录。请重新登录；仍不行，请联系管理员
refusal-oidc-unreachable = 统一身份认证系统暂时联系不上。请稍后再试，或改用密码登录
refusal-oidc-unknown = 您的统一身份还没有对应的账号。请把身份标识 { $detail } 告诉管理员，由管理员为您关联账号
refusal-oidc-disabled = 您的账号已停用，请联系管理员
refusal-oidc-email = 您的统一身份没有经过验证的公司邮箱，不能据此找到账号，请联系管理员
refusal-oidc-no-role = 您的统一身份没有分配可用的机构和角色，请联系管理员
refusal-oidc-taken = 这个统一身份已经关联到其他账号，或同名账号已经存在，请联系管理员
refusal-passkeys-off = 通行密钥需要通过 https 域名访问本系统；当前配置的访问地址是“{ $detail }”，请联系管理员
refusal-passkeys-many = 最多可以添加 { $detail } 个通行密钥，请先移除不用的
refusal-passkey-state = 等待时间过长，或这次请求已经用过，请重新操作
refusal-passkey-refused = 这个通行密钥不能使用：它没有登记、已被移除，或没有通过校验
refusal-passkey-copied = 这个通行密钥可能被复制过，为安全起见已拒绝。请改用其他方式登录，移除它后重新添加，并告知管理员

audit-action-access-challenge_asked = 开始验证身份
audit-action-access-challenge_answered = 收到身份验证答复
audit-action-access-oidc_failed = 统一身份登录失败
audit-action-access-identity_used = 使用统一身份
audit-action-access-identity_linked = 关联统一身份
audit-action-access-identity_unlinked = 解除统一身份
audit-action-access-passkey_added = 添加通行密钥
audit-action-access-passkey_used = 使用通行密钥
audit-action-access-passkey_removed = 移除通行密钥
audit-action-access-passkey_failed = 通行密钥登录失败
