import { page } from '../http/page.ts';
import { scriptPath } from '../http/island-files.ts';

const TITLE = { zh: '设置密码', en: 'Set your password' };

/** Where a person sets the password by a link: its token stands after the number sign, so that no server sees it. */
export const invitationPages = [
  page({
    path: '/invitation',
    for: 'bidder',
    policy: { formAction: ["'none'"], imgSrc: ["'none'"] },
    handle: async ({ lang }) => ({
      title: TITLE[lang],
      scripts: [await scriptPath('invitation')],
      content: <InvitationForm />,
    }),
  }),
];

const InvitationForm = () => (
  <div class="island">
    <h1>
      设置密码 <span lang="en">Set your password</span>
    </h1>
    <p class="lead">
      链接只能用一次，请勿转给他人。
      <span class="en" lang="en">
        The link is good once; do not pass it on.
      </span>
    </p>
    <noscript>
      <p class="note fault lines">
        本页需要 JavaScript；也可调用 POST /api/invitations/accept。 This page needs JavaScript; or call POST
        /api/invitations/accept.
      </p>
    </noscript>
    <p class="note fault lines" id="fault" role="alert" hidden></p>
    <p class="known" id="known" hidden></p>
    <form id="form" class="act" novalidate hidden>
      <section class="card">
        <div id="choose" hidden>
          <label for="username">
            用户名：2 至 32 个汉字、字母、数字 <span lang="en">User name, Chinese characters too</span>
          </label>
          <input id="username" autocomplete="username" spellcheck="false" maxlength="32" />
        </div>
        <label for="password">
          新密码，至少 10 个字符 <span lang="en">New password, 10 characters or more</span>
        </label>
        <input id="password" type="password" autocomplete="new-password" />
        <label for="again">
          再次输入 <span lang="en">Once more</span>
        </label>
        <input id="again" type="password" autocomplete="new-password" />
      </section>
      <button type="submit" id="set">
        设置 / Set
      </button>
    </form>
  </div>
);
