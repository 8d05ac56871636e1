using Dashtam.Jobs.Core.Settings;
using Microsoft.Extensions.DependencyInjection;

namespace Dashtam.Jobs.Core.Tasks;

/// <summary>Registers what the jobs need besides the database, the notices and dashtam-api.</summary>
internal static class JobServices
{
    /// <summary>Adds the settings of all jobs: every class below this namespace whose properties carry a <see cref="SettingAttribute"/>.</summary>
    public static IServiceCollection AddJobs(this IServiceCollection services)
    {
        services.AddSettingsBelow(typeof(JobServices).Namespace!); // a class in a namespace has one
        return services.AddSingleton<ExpiryNotices>();
    }
}
