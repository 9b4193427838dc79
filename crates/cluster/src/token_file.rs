//! Files that hold tokens, as kubectl reads them.

use kube::config::AuthInfo;

/// Makes of a token file what client-go makes of it, and the client does not: blanks around the token, such as the line break
/// that `kubectl create token` writes, are no part of it, and the file is worth more than a token beside it (`fileTokenSource`
/// and `bearerAuthRoundTripper` in k8s.io/client-go/transport, v0.36.3).
///
/// A file without blanks, as kubelets write them, is left to the client, which reads it again when the token is renewed.
pub(crate) fn settle(auth: &mut AuthInfo) {
    let Some(path) = &auth.token_file else { return };
    // A file that cannot be read is told of by the client.
    let Ok(text) = std::fs::read_to_string(path) else { return };
    let token = text.trim();
    if token.len() < text.len() {
        auth.token = Some(token.to_owned().into());
        auth.token_file = None;
    } else if !token.is_empty() {
        auth.token = None;
    }
}
