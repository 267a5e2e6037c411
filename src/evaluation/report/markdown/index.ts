import type { EvaluationReport } from '../../evaluated.ts';
import type { RunReport } from '../../report.ts';
import type { Block, Cell, Content, Outcome, Section, Table, Who } from '../content/block.ts';
import { caveatsTitle } from '../content/caveats.ts';
import { contentOf } from '../content/index.ts';
import { cell, jsonBlock, prose, table } from './escape.ts';

/** The report as GitHub Flavored Markdown. Nothing that comes from data or a platform is taken for markup. */
export function renderMarkdown(report: RunReport | EvaluationReport): string {
  return `${paragraphs(contentOf(report)).join('\n\n')}\n`;
}

function paragraphs({ of, name, subtitle, simulated, outcome, sections }: Content): string[] {
  return [
    `# ${of === 'run' ? 'Run' : 'Evaluation'} ${cell(name)}`,
    cell(subtitle),
    ...(simulated ? [`> ${simulated}`] : []),
    ...outcomeParagraphs(outcome),
    ...sections.flatMap(sectionParagraphs),
  ];
}

function outcomeParagraphs({ word, says, why, caveats, figures, checks }: Outcome): string[] {
  const values = figures.map(({ value, unit }) => cell([value, unit].filter(Boolean).join(' ')));
  const notes = figures.map(({ note }) => cell(note));
  return [
    `**${word}.** ${prose(says)}`,
    prose(why),
    ...(caveats.length > 0 ? [caveatsTitle, list(caveats)] : []),
    table(
      figures.map(({ name }) => name),
      [values, notes],
    ),
    ...(checks ? tableParagraphs(checks) : []),
  ];
}

function sectionParagraphs({ title, blocks }: Section): string[] {
  return [`## ${title}`, ...blocks.flatMap(blockParagraphs)];
}

function blockParagraphs(block: Block): string[] {
  switch (block.kind) {
    case 'text':
      return [prose(block.text)];
    case 'warnings':
      return [block.text, list(block.items)];
    case 'facts':
      return [
        table(
          ['', ''],
          block.rows.map(([name, value]) => [name, cell(textOf(value))]),
        ),
      ];
    case 'explained':
      return [block.terms.map(([term, meaning]) => `- **${term}**: ${meaning}`).join('\n')];
    case 'regressions':
      return [regressions(block.rows, block.names)];
    case 'json':
      return [jsonBlock(block.value)];
    case 'curves':
      // Its figures are the table that follows.
      return [];
    case 'table':
      return tableParagraphs(block);
  }
}

function list(items: readonly string[]): string {
  return items.map((item) => `- ${prose(item)}`).join('\n');
}

function textOf(value: Cell | string): string {
  if (typeof value === 'string') return value;
  return value.detail ? `${value.text} (${value.detail})` : value.text;
}

/** Without the columns that only draw what others say. */
function tableParagraphs({ caption, columns, rows, shown = rows.length }: Table): string[] {
  const told = columns.flatMap((column, at) => (column.scale ? [] : [{ ...column, at }]));
  const names = told.map(({ name, number }) => `${number ? '#' : ''}${cell(name)}`);
  const lines = rows.slice(0, shown).map((row) => told.map(({ at }) => cell(textOf(row[at] ?? ''))));
  const rest = rows.length - lines.length;
  return [`${prose(caption)}:`, table(names, lines), ...(rest > 0 ? [`And ${rest} more.`] : [])];
}

function regressions(rows: RunReport['regressions'], names: Record<Who, string>): string {
  const asked = rows.some(({ question }) => question !== undefined);
  const served = rows.some(({ champion }) => champion !== undefined);
  return table(
    [
      '#Example',
      ...(asked ? ['Question'] : []),
      'Right answer',
      names.base,
      ...(served ? [names.champion] : []),
      names.tuned,
    ],
    rows.map(({ index, question, reference, base, champion, tuned }) => [
      String(index),
      ...(asked ? [cell(question ?? '')] : []),
      cell(reference),
      cell(base),
      ...(served ? [cell(champion ?? '')] : []),
      tuned === undefined ? '(no answer)' : cell(tuned),
    ]),
  );
}
