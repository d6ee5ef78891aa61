# Passkeys and identity providers
ways = Ways to sign in
account-tab-passkeys = Ways to sign in
ways-back = Back to the user
ways-remove-note = Remove them here when a device is lost or someone leaves; the person is signed out
way-added-at = Added
way-used-at = Last used
way-remove = Remove

passkeys = Passkeys
passkeys-note = Sign in with a finger, your face or the device's code: nothing to type, nothing to be phished
passkeys-empty = No passkey yet
passkeys-empty-hint = Give this device a name, press “Add a passkey” and do what the browser asks.
passkeys-empty-admin = People add passkeys themselves, on their page “Ways to sign in”.
passkey-sign-in = Sign in with a passkey
passkey-add = Add a passkey
passkey-name = Name of the device
passkey-name-hint = e.g. desk computer, phone
passkey-unable = Needs a browser that knows passkeys, with JavaScript on
passkey-cancelled = Not done: cancelled, too late, or there is no passkey on this device. Try again, or use your password.
passkey-cancelled-new = Not added: cancelled, too late, or this device has one already. Check that you opened the site at { $address }.
passkey-remove-confirm = Nobody can sign in with “{ $name }” any more once it is removed. Remove it?

identities = Identity providers
identities-note = Once linked, you can sign in here with your company identity
identities-empty = No identity linked yet
identities-empty-hint = Press the button above and sign in at the provider once; the identity is then linked to this account.
identities-empty-admin = People can link their own, or enter here what the provider calls this person.
identities-off = No identity provider is configured; see the operations manual.
identity-provider = Provider
identity-label = Identity
identity-subject = Subject (sub)
identity-subject-hint = When the person first signs in at the provider, the page shows the subject. Enter it exactly.
identity-link = Link
identity-link-own = Link { $name }
identity-unlink = Unlink

oidc-sign-in = Sign in with { $name }
oidc-failed = Not signed in
oidc-back = Back

field-identity_subject = Subject
field-provider = Provider

refusal-oidc-state = This sign-in has expired, was used already, or did not begin in this browser. Go back and sign in again
refusal-oidc-refused = The identity provider did not let you in ({ $detail }). Try again; if that does not help, ask its administrator
refusal-oidc-token = What the identity provider sent did not pass our checks, so you cannot be signed in with it. Try again; if that does not help, ask your administrator
refusal-oidc-unreachable = The identity provider cannot be reached. Try again later, or use your password
refusal-oidc-unknown = There is no account for your identity yet. Give your administrator the subject { $detail } to link it
refusal-oidc-disabled = Your account is disabled; ask your administrator
refusal-oidc-email = Your identity has no verified company address to find your account by; ask your administrator
refusal-oidc-no-role = Your identity has no unit and role here; ask your administrator
refusal-oidc-taken = This identity is linked to another account, or an account of that name exists; ask your administrator
refusal-passkeys-off = Passkeys need an https address with a domain name; this site is configured as “{ $detail }”. Ask your administrator
refusal-passkeys-many = No more than { $detail } passkeys; remove one that you do not use
refusal-passkey-state = That took too long or was used already; begin again
refusal-passkey-refused = This passkey cannot be used: it is not registered, was removed, or did not pass our checks
refusal-passkey-copied = This passkey may have been copied and was refused. Sign in another way, remove it, add it again, and tell your administrator

audit-action-access-challenge_asked = asked to show who it is
audit-action-access-challenge_answered = answered who it is
audit-action-access-oidc_failed = sign-in at the provider failed
audit-action-access-identity_used = identity used
audit-action-access-identity_linked = identity linked
audit-action-access-identity_unlinked = identity unlinked
audit-action-access-passkey_added = passkey added
audit-action-access-passkey_used = passkey used
audit-action-access-passkey_removed = passkey removed
audit-action-access-passkey_failed = passkey refused
