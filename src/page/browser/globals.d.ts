// What the page's scripts find in the browser: the chart library, laid into the page before them.

declare const LightweightCharts: typeof import("lightweight-charts");
