using Dashtam.Jobs.Core.Hosting;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;

namespace Dashtam.Jobs.Worker.Health;

/// <summary><c>/health/live</c>: the process answers. <c>/health/ready</c>: jobs are fetched.</summary>
internal static class HealthEndpoints
{
    public static void MapHealth(this WebApplication app)
    {
        app.MapHealthChecks("/health/live", Options(checks: false));
        app.MapHealthChecks("/health/ready", Options(checks: true));
    }

    private static HealthCheckOptions Options(bool checks) => new()
    {
        Predicate = _ => checks,
        ResponseWriter = (context, report) =>
        {
            context.Response.ContentType = "application/json";
            return context.Response.WriteAsync(HealthJson.Write(report), context.RequestAborted);
        },
    };
}
