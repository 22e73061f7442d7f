export interface Evaluated {
  readonly score: number | null;
  readonly evaluationZh?: string | undefined;
}

/** 评标情况: the committee's comment on a bid, or else its score. */
export const evaluationOf = ({ score, evaluationZh }: Evaluated): string | null =>
  evaluationZh ?? (score === null ? null : `评审得分 ${score} 分`);
