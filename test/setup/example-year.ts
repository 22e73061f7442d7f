import { readCalendarFile } from '../../imports/calendar/file.ts';
import { chinaCalendar, type CalendarYear } from '../../domain/law/calendar.ts';
import { statutoryKnown } from '../../domain/law/calendar-growth.ts';

/** Made up for the tests: the State Council's notice for 2027 is not out. It is worded as its notices are. */
export const EXAMPLE_SOURCE = '示例：虚构的2027年放假安排，不是国务院的通知';
export const EXAMPLE_2027 = `示例（虚构，不是国务院的通知）：关于2027年部分节假日安排的通知

一、元旦：1月1日（周五）至3日（周日）放假，共3天。
二、春节：2月5日（农历除夕、周五）至12日（农历正月初七、周五）放假调休，共8天。1月31日（周日）、2月14日（周日）上班。
三、清明节：4月3日（周六）至5日（周一）放假，共3天。
四、劳动节：5月1日（周六）至5日（周三）放假调休，共5天。4月25日（周日）、5月8日（周六）上班。
五、端午节：6月9日（周三）放假1天，不调休。
六、中秋节：9月15日（周三）放假1天，不调休。
七、国庆节：10月1日（周五）至7日（周四）放假调休，共7天。9月26日（周日）、10月9日（周六）上班。
`;

export const exampleYear = (change: (text: string) => string = (text) => text): CalendarYear =>
  readCalendarFile(change(EXAMPLE_2027), statutoryKnown(chinaCalendar), { sourceZh: EXAMPLE_SOURCE }).year;
