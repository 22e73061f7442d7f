import { askJson } from './api.ts';
import { any, button, element, input, say, setText, show } from './elements.ts';
import { UserError } from './user-error.ts';

/** What the link is for, as POST /api/invitations/read answers. */
interface Seen {
  readonly username: string | null;
  readonly name: string;
  readonly registration: {
    readonly name: string;
    readonly state: 'pending' | 'confirmed' | 'refused' | 'completed';
    readonly reasonZh: string | null;
  } | null;
}

const STATES = {
  pending: '待交易中心确认，确认后再打开本链接 / The centre has not confirmed it yet: open this link again later',
  confirmed: '已确认，请设置账号 / Confirmed: set up your account',
  refused: '未获确认 / Refused',
  completed: '账号已开立 / The account is open',
} as const;

const token = location.hash.slice(1);

const post = <T>(path: string, body: object): Promise<T> =>
  askJson<T>(path, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });

async function begin(): Promise<void> {
  const { username, name, registration } = await post<Seen>('/api/invitations/read', { token });
  const lines = [
    ...(registration ? [registration.name, STATES[registration.state], registration.reasonZh ?? ''] : []),
    username === null ? name : `${name}（${username}）`,
  ];
  setText('known', lines.filter((line) => line !== '').join('\n'));
  show('known', true);
  show('choose', username === null);
  show('form', registration === null || registration.state === 'confirmed');
}

async function accept(): Promise<void> {
  const newPassword = input('password').value;
  if (newPassword !== input('again').value)
    throw new UserError('两次输入的密码不同', 'the two passwords are not the same');
  const chosen = any('choose').hidden ? {} : { username: input('username').value.trim() };
  const { username } = await post<{ username: string }>('/api/invitations/accept', { token, newPassword, ...chosen });
  history.replaceState(null, '', location.pathname);
  setText('known', `已设置，可用 ${username} 登录 / Set: sign in as ${username}`);
  show('form', false);
}

/** Runs a step; what it refuses is shown. */
function run(step: () => Promise<void>): void {
  show('fault', false);
  button('set').disabled = true;
  void step()
    .catch((error: unknown) => {
      say('fault', error);
      show('fault', true);
    })
    .finally(() => {
      button('set').disabled = false;
    });
}

element('form', HTMLFormElement).addEventListener('submit', (event) => {
  event.preventDefault();
  run(accept);
});
run(begin);
