-- wrk: prints what was found as scan.lua does.
function done(summary, latency)
   local e = summary.errors
   io.write(string.format("\nFOUND %d %d %d %d %f %f\n", summary.requests, summary.duration, e.status,
      e.connect + e.read + e.write + e.timeout, latency:percentile(50), latency:percentile(99)))
end
