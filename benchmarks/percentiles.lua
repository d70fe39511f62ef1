-- Prints what benchmarks/pages.py reads: rate, percentiles in milliseconds, answers not 200.
-- A second argument is a form to post instead of a page to get.
local form

init = function(args)
  form = args[1]
end

request = function()
  if form then
    local kind = {["Content-Type"] = "application/x-www-form-urlencoded"}
    return wrk.format("POST", nil, kind, form)
  end
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
