-- A chat's summary may hold a deleted document's words; it is made anew from the redacted messages.
CREATE POLICY conversations_redaction ON conversations
  USING (current_user <> 'llmflow_app' AND tenant_id = current_setting('llmflow.tenant_id', true));
