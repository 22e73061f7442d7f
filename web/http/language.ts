/** Pages are in Chinese, and under /en in English. */
export type Lang = 'zh' | 'en';

export const LANGUAGES: readonly Lang[] = ['zh', 'en'];

/** Messages of a page: the same in each language. */
export type Messages<T> = Readonly<Record<Lang, T>>;

/** The address of a page in a language. @param path of the Chinese page, or of another site */
export const localised = (path: string, lang: Lang): string => {
  if (lang === 'zh' || !path.startsWith('/')) return path;
  return path === '/' ? '/en' : `/en${path}`;
};

/** What was said in both languages. */
export const saidIn = (lang: Lang, said: { readonly zh: string; readonly en: string }): string => said[lang];

/** An error of the API, in a language. */
export const messageIn = (lang: Lang, error: { readonly messageZh: string; readonly messageEn: string }): string =>
  lang === 'zh' ? error.messageZh : error.messageEn;
