/** In the built program its folder; nothing where the sources run, as in tests. */
declare const KAIBIAO_BUILT: string | undefined;
