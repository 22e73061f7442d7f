import type { Issue } from '../issues.ts';

/** Ways out of the platform (渠道). The inbox on the platform is none of them: it always has every notification. */
export const CHANNELS = ['mail', 'sms', 'webhook'] as const;
export type Channel = (typeof CHANNELS)[number];

/** Those that need an address of the person's own, shown to be theirs by a code. */
export const ADDRESSED = ['mail', 'sms'] as const satisfies readonly Channel[];
export type AddressedChannel = (typeof ADDRESSED)[number];

export const LANGUAGES = ['zh', 'en'] as const;
export type Language = (typeof LANGUAGES)[number];

/** A text in both languages, Chinese first. */
export interface Bilingual {
  readonly zh: string;
  readonly en: string;
}

/** How a person is reached. An address is there only once its owner has sent back the code. */
export interface Contact {
  readonly language: Language;
  readonly channels: readonly Channel[];
  readonly mail: string | null;
  readonly sms: string | null;
}

export const NO_CONTACT: Contact = { language: 'zh', channels: [], mail: null, sms: null };

/** The chosen channels that lead somewhere. */
export const openChannels = ({ channels, mail, sms }: Contact): Channel[] =>
  channels.filter((each) => each === 'webhook' || (each === 'mail' ? mail : sms) !== null);

/** Messages to one person a civil day that are sent at once; what is more waits for the digest. */
export const MOST_A_DAY: Readonly<Record<Channel, number>> = { mail: 50, sms: 10, webhook: 500 };

const MOST_ADDRESS = 254;
/** A dot-atom of RFC 5322 at a host name of at least two labels: no comments, quotes, lists or address literals. */
const MAIL =
  /^[\w!#$%&'*+/=?^`{|}~-]+(?:\.[\w!#$%&'*+/=?^`{|}~-]+)*@(?:[a-z\d](?:[a-z\d-]{0,61}[a-z\d])?\.)+[a-z]{2,63}$/i;
/** E.164. */
const TELEPHONE = /^\+[1-9]\d{7,14}$/;

/** What is wrong with an address for a channel; null: nothing. */
export function addressIssue(channel: AddressedChannel, address: string): Issue | null {
  const fits = channel === 'mail' ? MAIL.test(address) && address.length <= MOST_ADDRESS : TELEPHONE.test(address);
  if (fits) return null;
  return channel === 'mail'
    ? {
        field: 'address',
        rule: 'mail-address',
        messageZh: '应为一个邮箱地址，如 caigou@example.cn',
        messageEn: 'It must be one mail address, as caigou@example.cn',
      }
    : {
        field: 'address',
        rule: 'telephone-number',
        messageZh: '应为带国家代码的手机号码，如 +8613800000000',
        messageEn: 'It must be a number with its country code, as +8613800000000',
      };
}
