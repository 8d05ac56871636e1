using Dashtam.Jobs.Core.Settings;
using Microsoft.Extensions.Options;

namespace Dashtam.Jobs.Core.Infrastructure.Database;

/// <summary>Refuses to start with a database setting that is missing or cannot be read.</summary>
internal sealed class DatabaseOptionsValidator(LocalMode local) : IValidateOptions<DatabaseOptions>
{
    public ValidateOptionsResult Validate(string? name, DatabaseOptions options)
    {
        if (local.EmbedsDatabase)
        {
            return ValidateOptionsResult.Success;
        }

        try
        {
            options.Server();
            return ValidateOptionsResult.Success;
        }
        catch (InvalidSettingException error)
        {
            return ValidateOptionsResult.Fail(error.Message);
        }
    }
}
