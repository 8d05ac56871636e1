using System.ComponentModel.DataAnnotations;
using Dashtam.Jobs.Core.Settings;

namespace Dashtam.Jobs.Core.Hosting;

/// <summary>Where a process serves its health and, later, its metrics and pages.</summary>
internal sealed class HttpOptions
{
    /// <summary>The port; default 8080 for the scheduler, 8081 for the worker. 1 to 65535.</summary>
    [Setting("JOBS_HTTP_PORT"), Display(Name = "JOBS_HTTP_PORT"), Range(1, 65_535)]
    public int? Port { get; set; }
}
