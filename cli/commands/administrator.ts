import { Command } from 'commander';
import { resetAdministrator } from '../../services/accounts/reset-administrator.ts';
import { CommandFailure } from '../settings/failure.ts';
import { openInstallation } from '../settings/installation.ts';

/** Writes the first administrator's password to stderr and nowhere else: a log would keep it. */
export function announce({ username, password }: { username: string; password: string }): void {
  process.stderr.write(
    `首个管理员 / first administrator: ${username}\n` +
      `一次性密码（只显示这一次） / one-time password, shown this once: ${password}\n`,
  );
}

export function administratorCommand(): Command {
  return new Command('administrator')
    .description(
      '为被锁在外面的系统管理员重设一次性密码 / a new one-time password for an administrator who is locked out',
    )
    .option('--username <name>', '用户名 / user name', 'administrator')
    .option('--json', '以 JSON 输出 / print JSON')
    .action(async ({ username, json }: { username: string; json?: boolean }) => {
      const db = await openInstallation();
      const administrator = await resetAdministrator(db, username);
      await db.close();
      if (!administrator) {
        throw new CommandFailure('no-administrator', {
          zh: `没有名为 ${username} 的系统管理员`,
          en: `no administrator is named ${username}`,
        });
      }
      if (json) console.log(JSON.stringify(administrator));
      else announce(administrator);
    });
}
