// SPDX-License-Identifier: Apache-2.0

import Core

extension VerifyReport {
    /// The report's additions to the common style: tables become lists on small screens.
    static let style: HTML = """
        .tiles { display: grid; grid-template-columns: repeat(4, 1fr); gap: .6rem; margin: 1.4rem 0; padding: 0; list-style: none; }
        .tile { padding: .7rem .9rem; border-radius: .7rem; line-height: 1.15; }
        .tile b { display: block; font-size: 1.7rem; font-variant-numeric: tabular-nums; }
        .tile span { font-size: .85rem; }
        .green.tile, .pill.green { background: var(--green-wash); color: var(--green); }
        .red.tile, .pill.red { background: var(--red-wash); color: var(--red); }
        .skipped.tile, .pill.skipped { background: var(--amber-wash); color: var(--amber); }
        .stated.tile, .pill.stated, .tile.none { background: var(--grey-wash); color: var(--faint); }
        dl { margin: 0; border: 1px solid var(--line); border-radius: .7rem; background: var(--sheet); overflow: hidden; }
        dl div { display: grid; grid-template-columns: minmax(8rem, 15rem) 1fr; gap: 0 1rem; padding: .5rem .9rem; }
        dl div + div { border-top: 1px solid var(--line); }
        dt { color: var(--faint); overflow-wrap: anywhere; }
        dd { margin: 0; }
        .labels { font-size: .9rem; }
        .labels div { grid-template-columns: minmax(8rem, 22rem) 1fr; }
        .card { margin: 0 0 .5rem; border: 1px solid var(--line); border-radius: .7rem; background: var(--sheet); }
        .card > summary, .card.flat {
          display: grid; grid-template-columns: 2.6rem 1fr auto; gap: .1rem .7rem; align-items: baseline;
          padding: .7rem .9rem; list-style: none;
        }
        .card > summary { cursor: pointer; border-radius: .7rem; }
        .card > .note { margin: 0; padding: 0 .9rem .8rem; overflow-wrap: anywhere; }
        .card > summary::-webkit-details-marker { display: none; }
        .card > summary:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
        .card > summary > .title:first-child { grid-column: 1 / -1; }
        .id { color: var(--faint); font-variant-numeric: tabular-nums; font-size: .9rem; }
        .title { font-weight: 550; }
        .pill { padding: .1rem .65rem; border-radius: 1rem; font-size: .8rem; font-weight: 600; }
        .sum { grid-column: 2 / -1; color: var(--faint); font-size: .85rem; }
        details .sum::after { content: " · show"; color: var(--accent); }
        details[open] .sum::after { content: " · hide"; }
        table { width: 100%; border-collapse: collapse; font-size: .85rem; }
        th { padding: .35rem .9rem; color: var(--faint); font-weight: 500; text-align: left; }
        td { padding: .35rem .9rem; border-top: 1px solid var(--line); vertical-align: top; }
        td:nth-child(1) { width: 30%; }
        td:nth-child(2) { width: 5rem; color: var(--faint); }
        tr.red td { background: var(--red-wash); }
        tr:last-child td:first-child { border-bottom-left-radius: .7rem; }
        tr:last-child td:last-child { border-bottom-right-radius: .7rem; }
        .dot { display: inline-block; width: .5rem; height: .5rem; margin-right: .5rem; border-radius: 50%; background: var(--line); }
        tr.green .dot { background: var(--green); }
        tr.red .dot { background: var(--red); }
        tr.skipped .dot { background: var(--amber); }
        .bar { display: flex; gap: 2px; height: .8rem; border-radius: .4rem; overflow: hidden; }
        .bar i { min-width: 2px; background: var(--accent); }
        .bar i:nth-child(3n + 2) { opacity: .7; }
        .bar i:nth-child(3n) { opacity: .45; }
        .layers { margin: .6rem 0 0; padding: 0; list-style: none; font-size: .9rem; }
        .layers li { display: grid; grid-template-columns: 5.2rem 1fr; gap: 0 .7rem; padding: .4rem 0; border-top: 1px solid var(--line); }
        .layers li:first-child { border-top: 0; }
        .layers .size { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
        .digest { grid-column: 2; color: var(--faint); }
        footer { padding-top: 2rem; padding-bottom: 3rem; color: var(--faint); font-size: .85rem; }
        @media (max-width: 40rem) {
          header { padding-top: 1.5rem; }
          .tiles { grid-template-columns: repeat(2, 1fr); }
          dl div, .labels div { grid-template-columns: 1fr; }
          dt { font-size: .8rem; }
          thead { display: none; }
          tr { display: block; padding: .5rem .9rem; border-top: 1px solid var(--line); }
          tr.red { background: var(--red-wash); }
          td, td:nth-child(1), td:nth-child(2) { display: inline; width: auto; padding: 0; border: 0; }
          td:nth-child(2)::before { content: " as "; }
          td[data-name] { display: block; padding-left: 1rem; }
          td[data-name]::before { content: attr(data-name) ": "; color: var(--faint); }
        }
        @media print { body { background: none; } .card { break-inside: avoid; } }

        """
}
