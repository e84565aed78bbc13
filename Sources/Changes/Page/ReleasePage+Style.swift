// SPDX-License-Identifier: Apache-2.0

import Core

extension ReleasePage {
    /// The page's additions to the common style sheet.
    static let style: HTML = """
        .tiles { display: grid; grid-template-columns: repeat(3, 1fr); gap: .6rem; margin: 1.4rem 0; padding: 0; list-style: none; }
        .tiles li { padding: .7rem .9rem; border-radius: .7rem; background: var(--grey-wash); line-height: 1.2; }
        .tiles li:first-child { background: var(--green-wash); color: var(--green); }
        .tiles b { display: block; font-size: 1.7rem; font-variant-numeric: tabular-nums; }
        .tiles .wide { grid-column: 1 / -1; }
        .tiles .wide b { font-size: 1.2rem; }
        .tiles span { font-size: .85rem; }
        .notes { padding: 0; list-style: none; }
        .notes li { display: flex; flex-wrap: wrap; gap: .15rem .7rem; justify-content: space-between; align-items: baseline; padding: .6rem .9rem; }
        .notes li + li { border-top: 1px solid var(--line); }
        .notes .title { flex: 1 1 12rem; min-width: 0; }
        .notes .names { flex: 1 0 100%; line-height: 1.6; }
        .notes .names code { display: inline-block; margin-right: .55rem; color: var(--faint); font-size: .78rem; white-space: nowrap; }
        .card, .sheet { margin: 0 0 .5rem; border: 1px solid var(--line); border-radius: .7rem; background: var(--sheet); overflow: auto; }
        .card > summary { display: flex; gap: .7rem; justify-content: space-between; align-items: baseline; padding: .7rem .9rem; cursor: pointer; }
        .card > summary .title { overflow-wrap: anywhere; min-width: 0; }
        .card > summary:focus-visible { outline: 2px solid var(--accent); outline-offset: -2px; }
        .pill { flex: none; padding: .1rem .65rem; border-radius: 1rem; font-size: .8rem; font-weight: 600; white-space: nowrap; }
        .pill, .pill.plain, .pill.stated, .pill.policy { background: var(--grey-wash); color: var(--faint); }
        .pill.green, .pill.probe, .pill.security { background: var(--green-wash); color: var(--green); }
        .pill.red { background: var(--red-wash); color: var(--red); }
        .pill.skipped { background: var(--amber-wash); color: var(--amber); }
        .quiet { margin: 0; padding: .5rem .9rem .8rem 2rem; color: var(--faint); font-size: .85rem; overflow-wrap: anywhere; }
        p.quiet { padding-left: .9rem; }
        table { width: 100%; border-collapse: collapse; font-size: .85rem; }
        th { padding: .35rem .9rem; color: var(--faint); font-weight: 500; text-align: left; }
        td { padding: .35rem .9rem; border-top: 1px solid var(--line); vertical-align: top; }
        td:first-child code { white-space: nowrap; }
        .plot { padding: .9rem; }
        .whole { display: flex; height: 1.6rem; overflow: hidden; border-radius: .4rem; background: var(--grey-wash); }
        .whole i { box-shadow: inset -1px 0 var(--sheet); }
        .plot i { background: var(--kept); }
        .plot .fetched i, .plot i.fetched { background: var(--accent); }
        .legend { display: flex; flex-wrap: wrap; gap: .2rem 1.2rem; margin: .6rem 0 1rem; color: var(--faint); font-size: .85rem; }
        .legend span::before { content: ""; display: inline-block; width: .75em; height: .75em; margin-right: .45em; border-radius: .2em; background: var(--kept); }
        .legend .fetched::before { background: var(--accent); }
        .bars { margin: 0; padding: 0; list-style: none; }
        .bars li { display: grid; grid-template-columns: minmax(4.5rem, 8.5rem) 1fr 4.6rem; gap: .7rem; align-items: center; padding: .16rem 0; font-size: .85rem; }
        .bars .of { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; text-align: right; }
        .bars .track i { display: block; min-width: 2px; height: .95rem; border-radius: .2rem; }
        .bars .size { color: var(--faint); font-variant-numeric: tabular-nums; text-align: right; }
        .bars .kept .of { color: var(--faint); }
        :root { --kept: #cfd6de; }
        @media (prefers-color-scheme: dark) { :root { --kept: #3c4652; } }
        .packages code { font-size: .75em; color: var(--faint); }
        footer { padding-top: 2rem; padding-bottom: 3rem; color: var(--faint); font-size: .85rem; }
        @media (max-width: 40rem) {
          .bars li { grid-template-columns: 5.4rem 1fr 4.4rem; gap: .5rem; }
          .packages thead { display: none; }
          .packages tr { display: block; padding: .4rem 0; border-top: 1px solid var(--line); }
          .packages td { display: block; padding: .1rem .9rem; border: 0; }
        }

        """
}
