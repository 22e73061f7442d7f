import { unseenIssue } from '../../domain/issues.ts';
import { creditCodeFault, raisedCreditCode } from '../../domain/organisations/credit-code.ts';
import type { Centre } from '../../services/accounts/first-administrator.ts';
import { badSetting } from './failure.ts';

const LONGEST = 200;

/**
 * The organisation that the first start registers: the trading centre (交易中心) itself; null where nothing is set. Later it
 * is corrected as any other.
 */
export function centreSettings(env: NodeJS.ProcessEnv = process.env): Centre | null {
  const name = (env.KAIBIAO_CENTRE_NAME ?? '').trim();
  const creditCode = raisedCreditCode(env.KAIBIAO_CENTRE_CODE ?? '');
  if (name === '' && creditCode === '') return null;
  if (name === '' || creditCode === '') {
    throw badSetting(
      'KAIBIAO_CENTRE_NAME 与 KAIBIAO_CENTRE_CODE 应同时设置：交易中心的名称和统一社会信用代码',
      'KAIBIAO_CENTRE_NAME and KAIBIAO_CENTRE_CODE are set together: the centre’s name and credit code',
    );
  }
  const unseen = unseenIssue('KAIBIAO_CENTRE_NAME', name);
  if (unseen) throw badSetting(`KAIBIAO_CENTRE_NAME：${unseen.messageZh}`, `KAIBIAO_CENTRE_NAME: ${unseen.messageEn}`);
  if ([...name].length > LONGEST) {
    throw badSetting(
      `KAIBIAO_CENTRE_NAME 至多 ${LONGEST} 个字`,
      `KAIBIAO_CENTRE_NAME has ${LONGEST} characters at most`,
    );
  }
  const fault = creditCodeFault(creditCode);
  if (fault) throw badSetting(`KAIBIAO_CENTRE_CODE：${fault.zh}`, `KAIBIAO_CENTRE_CODE: ${fault.en}`);
  return { name, creditCode };
}
