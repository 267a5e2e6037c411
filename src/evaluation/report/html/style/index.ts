import { charts } from './charts.ts';
import { colours } from './colours.ts';
import { layout } from './layout.ts';
import { print } from './print.ts';
import { tables } from './tables.ts';

export const style = [colours, layout, tables, charts, print].join('');
