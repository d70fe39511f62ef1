-- Prints what benchmarks/pages.py reads: rate, percentiles in milliseconds, answers not 200.
request = function()
  return wrk.format("GET", nil, {["Accept-Encoding"] = "gzip"})
end

done = function(summary, latency, requests)
  local bad = summary.errors.connect + summary.errors.read + summary.errors.write
    + summary.errors.status + summary.errors.timeout
  io.write(string.format("rate %.2f\n", summary.requests / (summary.duration / 1e6)))
  for _, p in ipairs({50, 95, 99}) do
    io.write(string.format("p%d %.3f\n", p, latency:percentile(p) / 1000))
  end
  io.write(string.format("bad %d\n", bad))
end
