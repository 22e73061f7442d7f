import { Command } from 'commander';
import { addAdministrator } from '../../services/accounts/add-administrator.ts';
import { resetAdministrator } from '../../services/accounts/reset-administrator.ts';
import { INVITATION_HOURS } from '../../services/accounts/invitation.ts';
import { publicUrlOf } from '../settings/api.ts';
import { CommandFailure } from '../settings/failure.ts';
import { openInstallation, refuseNoInstallation } from '../settings/installation.ts';

/** Writes an administrator's password to stderr and nowhere else: a log would keep it. */
export function announce(
  { username, password, setupToken }: { username: string; password: string; setupToken?: string },
  who = '首个管理员 / first administrator',
): void {
  process.stderr.write(
    `${who}: ${username}\n` +
      `一次性密码（只显示这一次） / one-time password, shown this once: ${password}\n` +
      (setupToken === undefined
        ? ''
        : `或在浏览器中设置（用一次，${INVITATION_HOURS} 小时内有效） / or set it up in the browser, once, within ${INVITATION_HOURS} h: ${publicUrlOf().replace(/\/+$/, '')}/setup#${setupToken}\n`),
  );
}

interface Options {
  readonly username: string;
  readonly add?: boolean;
  readonly json?: boolean;
  readonly secondFactor?: boolean;
}

export function administratorCommand(): Command {
  return new Command('administrator')
    .description(
      '为被锁在外面的系统管理员重设一次性密码，或增加一名 / a new one-time password for an administrator who is locked out, or another administrator',
    )
    .option('--username <name>', '用户名 / user name', 'administrator')
    .option('--add', '增加一名系统管理员 / add another administrator')
    .option('--second-factor', '重设时一并取消其第二因素 / with the new password, take the second factor away')
    .option('--json', '以 JSON 输出 / print JSON')
    .action(async ({ username, add, json, secondFactor = false }: Options) => {
      await refuseNoInstallation();
      const db = await openInstallation();
      const administrator = await (
        add ? addAdministrator(db, username) : resetAdministrator(db, username, { secondFactor })
      ).finally(() => db.close());
      if (!administrator) {
        throw new CommandFailure('no-administrator', {
          zh: add ? '尚无系统管理员：首次启动时建立' : `没有名为 ${username} 的系统管理员`,
          en: add
            ? 'there is no administrator yet: the first start makes one'
            : `no administrator is named ${username}`,
        });
      }
      if (json) console.log(JSON.stringify(administrator));
      else announce(administrator, '系统管理员 / administrator');
    });
}
