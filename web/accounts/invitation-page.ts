import { STYLE } from '../bids/seal-page.ts';
import { DRILL_MARK } from '../notices/document.ts';
import { escapeHtml } from '../notices/markup.ts';

/** Where a person sets the password by a link: its token stands after the number sign, so that no server sees it. */
export const invitationHtml = (script: string, drill: boolean): string => `<!doctype html>
<html lang="zh-CN">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>设置密码 / Set your password</title>
<style>${STYLE}</style>
<script type="module" src="${escapeHtml(script)}"></script>
</head>
<body>
${drill ? `<div class="drill">${escapeHtml(DRILL_MARK)}</div>\n` : ''}<main>
<h1>设置密码 <span lang="en">Set your password</span></h1>
<p class="lead">链接只能用一次，请勿转给他人。<span class="en" lang="en">The link is good once; do not pass it on.</span></p>
<noscript><p class="fault">本页需要 JavaScript；也可调用 POST /api/invitations/accept。
This page needs JavaScript; or call POST /api/invitations/accept.</p></noscript>
<p class="fault" id="fault" role="alert" hidden></p>
<p class="known" id="known" hidden></p>
<form id="form" novalidate hidden>
<section>
<div id="choose" hidden><label for="username">用户名：2 至 32 个汉字、字母、数字 <span lang="en">User name, Chinese characters too</span></label>
<input id="username" autocomplete="username" spellcheck="false" maxlength="32"></div>
<label for="password">新密码，至少 10 个字符 <span lang="en">New password, 10 characters or more</span></label>
<input id="password" type="password" autocomplete="new-password">
<label for="again">再次输入 <span lang="en">Once more</span></label>
<input id="again" type="password" autocomplete="new-password">
</section>
<button type="submit" id="set">设置 / Set</button>
</form>
</main>
</body>
</html>
`;
