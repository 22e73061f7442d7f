import { ApplicationFailure, workflowInfo } from '@temporalio/workflow';
import { parseSubject, type Subject } from '../domain/subjects.ts';

/** The subject of this workflow, from its id; a workflow with a foreign id ends at once. */
export function subjectOf<K extends Subject['kind']>(kind: K): Extract<Subject, { kind: K }> {
  const { workflowId } = workflowInfo();
  const subject = parsed(workflowId);
  if (subject?.kind !== kind) throw ApplicationFailure.nonRetryable(`${workflowId} is no ${kind}`, 'not-a-subject');
  return subject as Extract<Subject, { kind: K }>;
}

function parsed(workflowId: string): Subject | null {
  try {
    return parseSubject(workflowId);
  } catch {
    return null;
  }
}
